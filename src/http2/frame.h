/* HTTP/2 frames as bytes: the header of nine octets, what each type carries, and the names of it all.  RFC 9113
 * 4 and 6; RFC 7838 4 (ALTSVC), RFC 8336 (ORIGIN), RFC 9218 7.1 (PRIORITY_UPDATE).  Pure: bytes in, structs out;
 * every slice points into the caller's input. */
#ifndef HTTP2_FRAME_H
#define HTTP2_FRAME_H

#include "base/slice.h"

enum {
	H2_HEADER = 9,               /* octets of a frame header */
	H2_PREFACE_LEN = 24,         /* octets of the client's preface */
	H2_FRAME_DEFAULT = 16384,    /* the longest payload nobody has to agree to (RFC 9113 4.2) */
	H2_FRAME_LARGEST = 0xffffff, /* the longest that can be agreed on */
	H2_WINDOW_DEFAULT = 65535,   /* flow-control window of a connection and of a stream at first */
};

enum h2_type {
	H2_DATA = 0,
	H2_HEADERS = 1,
	H2_PRIORITY = 2,
	H2_RST_STREAM = 3,
	H2_SETTINGS = 4,
	H2_PUSH_PROMISE = 5,
	H2_PING = 6,
	H2_GOAWAY = 7,
	H2_WINDOW_UPDATE = 8,
	H2_CONTINUATION = 9,
	H2_ALTSVC = 10,
	H2_ORIGIN = 12,
	H2_PRIORITY_UPDATE = 16,
};

enum h2_flag {
	H2_END_STREAM = 0x01, /* DATA, HEADERS */
	H2_ACK = 0x01,        /* SETTINGS, PING */
	H2_END_HEADERS = 0x04,
	H2_PADDED = 0x08,
	H2_HAS_PRIORITY = 0x20, /* HEADERS */
};

/* Error codes that we send ourselves (RFC 9113 7); all have names, see h2_error_name. */
enum h2_error {
	H2_ERROR_NONE = 0,
	H2_ERROR_INTERNAL = 2,
	H2_ERROR_CANCEL = 8,
};

struct h2_frame {
	uint32_t length; /* octets of payload behind the header */
	uint8_t type;    /* enum h2_type, or any other number */
	uint8_t flags;
	bool reserved;   /* the reserved bit is set: to be ignored */
	uint32_t stream; /* 0: the connection as a whole */
};

/* What may be wrong with a frame. */
enum h2_fault {
	H2_FINE,
	H2_FAULT_LENGTH,    /* its type has another length */
	H2_FAULT_NO_STREAM, /* stands on stream 0, but belongs to a stream */
	H2_FAULT_STREAM,    /* stands on a stream, but belongs to the connection */
	H2_FAULT_PADDING,   /* more padding than frame */
	H2_FAULT_INCREMENT, /* a window is to grow by 0 */
	H2_FAULT_ITSELF,    /* a stream is to depend on itself */
	H2_FAULT_COUNT,
};

/* What a whole frame carries; which members count depends on its type. */
struct h2_payload {
	struct slice
	    body; /* DATA: the content; HEADERS, PUSH_PROMISE, CONTINUATION: a piece of a header block;
	                      * SETTINGS: for h2_setting_next; PING: 8 octets; GOAWAY: debug data; ALTSVC and
	                      * PRIORITY_UPDATE: the field value; ORIGIN: for h2_origin_next; else everything */
	uint32_t padding;  /* octets of padding, the octet that says so not counted */
	bool has_priority; /* HEADERS, PRIORITY: the next three are there */
	bool exclusive;
	uint16_t weight;     /* 1 to 256 */
	uint32_t depends_on; /* a stream */
	uint32_t error;      /* RST_STREAM, GOAWAY */
	uint32_t
	    stream; /* GOAWAY: the last one dealt with; PUSH_PROMISE: the promised one; PRIORITY_UPDATE */
	uint32_t increment;  /* WINDOW_UPDATE, 31 bits */
	struct slice origin; /* ALTSVC */
};

/* Reads a frame header at the start of `in`: H2_HEADER, or 0 when more octets are needed. */
int h2_frame_header(struct slice in, struct h2_frame *out);

/* Reads the payload, all f->length octets of it.  0, or -(enum h2_fault) with what could be read in *out. */
int h2_frame_payload(const struct h2_frame *f, struct slice payload, struct h2_payload *out);

/* For DATA that is read as it comes: how much of the payload is content and how much padding.  Octets to pass
 * over before the content (0 or 1) plus one; 0 when the first octet of the payload is needed; -(enum h2_fault). */
int h2_data_start(const struct h2_frame *f, struct slice payload, uint32_t *content, uint32_t *padding);

/* Text of a fault, one phrase; and the error code a peer answers it with (RFC 9113 7). */
const char *h2_fault_text(enum h2_fault fault);
uint32_t h2_fault_error(enum h2_fault fault);

/* One parameter of SETTINGS (RFC 9113 6.5.2, RFC 8441 3, RFC 9218 2.1). */
enum h2_setting_id {
	H2_SET_HEADER_TABLE_SIZE = 1,
	H2_SET_ENABLE_PUSH = 2,
	H2_SET_MAX_CONCURRENT_STREAMS = 3,
	H2_SET_INITIAL_WINDOW_SIZE = 4,
	H2_SET_MAX_FRAME_SIZE = 5,
	H2_SET_MAX_HEADER_LIST_SIZE = 6,
	H2_SET_ENABLE_CONNECT_PROTOCOL = 8,
	H2_SET_NO_RFC7540_PRIORITIES = 9,
};

struct h2_setting {
	uint16_t id;
	uint32_t value;
};

/* Cuts the next parameter off; false at the end. */
bool h2_setting_next(struct slice *rest, struct h2_setting *out);
/* Is this value one that the parameter may have? */
bool h2_setting_valid(const struct h2_setting *s);
/* Cuts the next origin off an ORIGIN frame; false at the end, or where it is damaged. */
bool h2_origin_next(struct slice *rest, struct slice *origin);

/* "HEADERS", "CANCEL"; NULL when the number has no name. */
const char *h2_type_name(uint8_t type);
const char *h2_error_name(uint32_t error);
/* What an error code means, one phrase; never NULL. */
const char *h2_error_words(uint32_t error);

/* --- Recognition ---------------------------------------------------------------------------------------- */

enum h2_guess { H2_GUESS_NO, H2_GUESS_YES, H2_GUESS_MORE };

/* The client's connection preface (RFC 9113 3.4). */
struct slice h2_preface(void);

/* Does a direction that starts like this carry HTTP/2: the client's preface, or the server's first SETTINGS? */
enum h2_guess h2_start_looks_like(struct slice start);

/* Can this be the header of a frame with at most `longest` octets, sent by somebody who keeps to the rules? */
bool h2_frame_plausible(const struct h2_frame *f, uint32_t longest);

/* Where in `in` frames begin again: the first offset from which plausible headers follow each other to the end.
 * The start itself is taken with one such header, any other place only with two, or with frames that end where
 * `in` does.  -1: nowhere. */
ssize_t h2_frames_find(struct slice in, uint32_t longest);

/* Does `in`, from a connection nobody knows, consist of frames: two at least, that end where it ends? */
bool h2_frames_only(struct slice in);

#endif
