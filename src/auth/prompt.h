/* Asking for a password. */
#ifndef AUTH_PROMPT_H
#define AUTH_PROMPT_H

#include "base/buf.h"
#include "base/err.h"

/* Reads the new password for `name` into out (overwritten): from the first line of
 * `file`, "-" being standard input; or, when file is NULL, from the terminal, twice, without
 * showing it.  0, or -1; prompt_forget(out) in both cases. */
int prompt_password(const char *file, const char *name, struct buf *out, struct err *e);
/* Wipes and frees it. */
void prompt_forget(struct buf *out);

#endif
