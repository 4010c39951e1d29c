/* Message heads: names, look-ups and how the body is framed.  RFC 9110, RFC 9112 6.3 and 9.3. */
#include "http/msg.h"

static const struct http_reason_row reasons[HTTP_REASON_COUNT] = {
	[HTTP_FINE] = { "fine", 200, "Nothing is wrong with the message", "" },
	[HTTP_BAD_METHOD] = { "method", 400, "The method is not a token followed by one space",
	    "RFC 9112 3.1" },
	[HTTP_BAD_REQUEST_LINE] = { "request-line", 400,
	    "The request line is not method, target and version with one space between them", "RFC 9112 3" },
	[HTTP_BAD_TARGET] = { "target", 400,
	    "The request target has an octet or an escape that no URL may have", "RFC 9112 3.2" },
	[HTTP_BAD_TARGET_FORM] = { "target-form", 400,
	    "The request target is of no form that its method may use", "RFC 9112 3.2" },
	[HTTP_BAD_AUTHORITY] = { "authority", 400, "The host or port in the request target is not valid",
	    "RFC 9112 3.2" },
	[HTTP_NO_VERSION] = { "no-version", 400,
	    "The request line has no version; HTTP/0.9 is not spoken here", "RFC 9112 3" },
	[HTTP_BAD_VERSION] = { "version", 400, "The version is not HTTP/ digit dot digit", "RFC 9112 2.3" },
	[HTTP_OTHER_MAJOR] = { "major", 505, "The major version is not 1", "RFC 9110 15.6.6" },
	[HTTP_LINE_TOO_LONG] = { "line-too-long", 414, "The first line is longer than the limit",
	    "RFC 9112 3" },
	[HTTP_BLANK_LINES] = { "blank-lines", 400, "More than one empty line stands before the message",
	    "RFC 9112 2.2" },
	[HTTP_BAD_STATUS] = { "status", 400, "The status line is not version, three digits and phrase",
	    "RFC 9112 4" },
	[HTTP_BARE_LF] = { "bare-lf", 400, "A line ends with LF without CR", "RFC 9112 2.2" },
	[HTTP_BARE_CR] = { "bare-cr", 400, "A CR is not followed by LF", "RFC 9112 2.2" },
	[HTTP_CONTROL] = { "control", 400, "A value has a control octet in it", "RFC 9110 5.5" },
	[HTTP_LEADING_SPACE] = { "leading-space", 400,
	    "White space stands between the first line and the first field", "RFC 9112 2.2" },
	[HTTP_OBS_FOLD] = { "obs-fold", 400, "A field value is folded over two lines", "RFC 9112 5.2" },
	[HTTP_BAD_NAME] = { "field-name", 400, "A field name is empty or not a token", "RFC 9110 5.1" },
	[HTTP_NO_COLON] = { "no-colon", 400, "A field line has no colon", "RFC 9112 5" },
	[HTTP_SPACE_BEFORE_COLON] = { "space-before-colon", 400,
	    "White space stands between a field name and its colon", "RFC 9112 5.1" },
	[HTTP_HEAD_TOO_LARGE] = { "head-too-large", 431, "The head is larger than the limit", "RFC 6585 5" },
	[HTTP_TOO_MANY_FIELDS] = { "too-many-fields", 431, "The message has more field lines than the limit",
	    "RFC 6585 5" },
	[HTTP_HOST_MISSING] = { "host-missing", 400, "An HTTP/1.1 request has no Host field",
	    "RFC 9112 3.2" },
	[HTTP_HOST_TWICE] = { "host-twice", 400, "The request has more than one Host field", "RFC 9112 3.2" },
	[HTTP_HOST_INVALID] = { "host-invalid", 400,
	    "The Host field is empty or no host with an optional port", "RFC 9112 3.2" },
	[HTTP_LENGTH_INVALID] = { "length-invalid", 400, "Content-Length is not a row of decimal digits",
	    "RFC 9112 6.3" },
	[HTTP_LENGTH_OVERFLOW] = { "length-overflow", 400, "Content-Length is larger than 63 bits can count",
	    "RFC 9110 8.6" },
	[HTTP_LENGTH_TWICE] = { "length-twice", 400, "There is more than one Content-Length field",
	    "RFC 9112 6.3" },
	[HTTP_CODING_UNKNOWN] = { "coding-unknown", 501,
	    "Transfer-Encoding names a coding other than chunked", "RFC 9112 6.1" },
	[HTTP_CODING_ORDER] = { "coding-order", 400, "A transfer coding is applied on top of chunked",
	    "RFC 9112 6.1" },
	[HTTP_CODING_TWICE] = { "coding-twice", 400, "Transfer-Encoding names chunked twice",
	    "RFC 9112 6.1" },
	[HTTP_CODING_IN_10] = { "coding-in-1.0", 400, "An HTTP/1.0 message has Transfer-Encoding",
	    "RFC 9112 6.1" },
	[HTTP_CODING_AND_LENGTH] = { "coding-and-length", 400,
	    "The message has both Transfer-Encoding and Content-Length", "RFC 9112 6.1" },
	[HTTP_EXPECT_UNKNOWN] = { "expect", 417, "Expect asks for something other than 100-continue",
	    "RFC 9110 10.1.1" },
	[HTTP_CHUNK_SIZE] = { "chunk-size", 400, "A chunk does not start with a hexadecimal size",
	    "RFC 9112 7.1" },
	[HTTP_CHUNK_OVERFLOW] = { "chunk-overflow", 400, "A chunk size has more than 16 hexadecimal digits",
	    "RFC 9112 7.1" },
	[HTTP_CHUNK_EXTENSION] = { "chunk-extension", 400, "A chunk extension does not keep to its grammar",
	    "RFC 9112 7.1.1" },
	[HTTP_CHUNK_END] = { "chunk-end", 400, "The data of a chunk is not followed by CRLF",
	    "RFC 9112 7.1" },
	[HTTP_CHUNK_OVERHEAD] = { "chunk-overhead", 400,
	    "Chunk extensions and trailer fields are larger than the limit", "RFC 9112 7.1.1" },
	[HTTP_TRAILER_FORBIDDEN] = { "trailer", 400,
	    "A trailer field is one that may not stand in a trailer section", "RFC 9110 6.5.1" },
};

static const char *const methods[] = { "", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS",
	"TRACE", "PATCH" };

static const struct status {
	uint16_t code;
	const char *phrase;
} statuses[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 103, "Early Hints" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 203, "Non-Authoritative Information" },
	{ 204, "No Content" },
	{ 205, "Reset Content" },
	{ 206, "Partial Content" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 305, "Use Proxy" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 425, "Too Early" },
	{ 426, "Upgrade Required" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 511, "Network Authentication Required" },
};

const struct http_reason_row *http_reason_row(enum http_reason reason)
{
	if ((unsigned)reason >= HTTP_REASON_COUNT)
		reason = HTTP_FINE;
	return &reasons[reason];
}

/* Each comparison has a constant length, which compiles to one or two instructions. */
enum http_method http_method_of(struct slice token)
{
	const uint8_t *p = token.p;

	switch (token.n) {
	case 3:
		if (memcmp(p, "GET", 3) == 0)
			return HTTP_GET;
		return memcmp(p, "PUT", 3) == 0 ? HTTP_PUT : HTTP_OTHER;
	case 4:
		if (memcmp(p, "POST", 4) == 0)
			return HTTP_POST;
		return memcmp(p, "HEAD", 4) == 0 ? HTTP_HEAD : HTTP_OTHER;
	case 5:
		if (memcmp(p, "PATCH", 5) == 0)
			return HTTP_PATCH;
		return memcmp(p, "TRACE", 5) == 0 ? HTTP_TRACE : HTTP_OTHER;
	case 6: return memcmp(p, "DELETE", 6) == 0 ? HTTP_DELETE : HTTP_OTHER;
	case 7:
		if (memcmp(p, "OPTIONS", 7) == 0)
			return HTTP_OPTIONS;
		return memcmp(p, "CONNECT", 7) == 0 ? HTTP_CONNECT : HTTP_OTHER;
	default: return HTTP_OTHER;
	}
}

const char *http_method_name(enum http_method m)
{
	return (size_t)m < sizeof(methods) / sizeof(*methods) ? methods[m] : "";
}

const char *http_status_phrase(unsigned status)
{
	size_t low = 0, high = sizeof(statuses) / sizeof(*statuses);

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (statuses[mid].code == status)
			return statuses[mid].phrase;
		if (statuses[mid].code < status)
			low = mid + 1;
		else
			high = mid;
	}
	return "";
}

static const struct http_field *find_from(
    const struct http_msg *m, const struct http_field *f, struct slice name)
{
	for (; f < m->fields + m->nfields; f++)
		if (f->name.n == name.n && slice_ieq(f->name, name))
			return f;
	return NULL;
}

const struct http_field *http_find(const struct http_msg *m, struct slice name)
{
	return find_from(m, m->fields, name);
}

const struct http_field *http_find_next(
    const struct http_msg *m, const struct http_field *after, struct slice name)
{
	return find_from(m, after + 1, name);
}

struct slice http_value(const struct http_msg *m, struct slice name)
{
	const struct http_field *f = http_find(m, name);

	return f ? f->value : slice_of(NULL, 0);
}

/* The offset of the comma that ends the first member of s, or s.n.  Within a quoted string a comma
 * is text and a backslash takes the next octet along (RFC 9110 5.6.4). */
static size_t member_end(struct slice s)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if (quoted && s.p[i] == '\\')
			i++;
		else if (!quoted && s.p[i] == ',')
			return i;
	}
	return s.n;
}

bool http_list_next(struct slice *rest, struct slice *member)
{
	while (rest->n) {
		size_t end = member_end(*rest);

		*member = slice_trim(slice_sub(*rest, 0, end));
		*rest = slice_skip(*rest, end + 1);
		if (member->n)
			return true;
	}
	return false;
}

bool http_list_has(struct slice list, struct slice token)
{
	struct slice member;

	while (http_list_next(&list, &member))
		if (slice_ieq(member, token))
			return true;
	return false;
}

enum http_framing http_request_framing(const struct http_msg *req)
{
	if (req->chunked)
		return HTTP_CHUNKED;
	return req->content_length >= 0 ? HTTP_LENGTH : HTTP_NO_BODY;
}

enum http_framing http_response_framing(const struct http_msg *resp, enum http_method req_method)
{
	if (resp->status == 101 || (req_method == HTTP_CONNECT && resp->status / 100 == 2))
		return HTTP_TUNNEL;
	if (req_method == HTTP_HEAD || resp->status / 100 == 1 || resp->status == 204 || resp->status == 304)
		return HTTP_NO_BODY;
	if (resp->coded)
		return resp->chunked ? HTTP_CHUNKED : HTTP_UNTIL_CLOSE;
	return resp->content_length >= 0 ? HTTP_LENGTH : HTTP_UNTIL_CLOSE;
}

bool http_persistent(const struct http_msg *m)
{
	if (m->close)
		return false;
	return m->minor >= 1 || m->keep_alive;
}
