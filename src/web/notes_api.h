/* /api/notes, a small resource that shows what methods promise (RFC 9110 9.2):
 *
 *	GET /api/notes        safe: the list, as JSON
 *	POST /api/notes       not idempotent: each makes another note; 201 with Location and ETag
 *	GET /api/notes/ID     safe: one note, {"id":1,"text":"...","changed":"..."}, with ETag
 *	PUT /api/notes/ID     idempotent: makes or replaces it; 201 or 204
 *	DELETE /api/notes/ID  idempotent in effect: 204, and 404 the second time
 *
 * If-Match and If-None-Match are honoured where they count, within the transaction that changes the note: 412.
 * Content is {"text":"..."} as application/json, which no page of another site can send unasked. */
#ifndef WEB_NOTES_API_H
#define WEB_NOTES_API_H

#include "web/router.h"

enum web_progress notes_api_list(struct exchange *x);
enum web_progress notes_api_post(struct exchange *x);
enum web_progress notes_api_get(struct exchange *x);
enum web_progress notes_api_put(struct exchange *x);
enum web_progress notes_api_delete(struct exchange *x);

#endif
