/* What is counted in a run: by every thread for itself, merged at the end. */
#ifndef LOAD_TALLY_H
#define LOAD_TALLY_H

#include "load/hist.h"

/* What can go wrong with a connection or a message, and is counted by kind. */
enum tally_error {
	TALLY_REFUSED, /* nobody listens: RST to our SYN, or ICMP port unreachable */
	TALLY_CONNECT, /* any other reason why a connection did not come about */
	TALLY_PORTS,   /* this machine has no free port or descriptor left */
	TALLY_TIMEOUT, /* no answer, no connection or no handshake in time */
	TALLY_RESET,   /* the peer reset the connection under a message */
	TALLY_CLOSED,  /* the peer ended the connection before the answer was whole */
	TALLY_TLS,     /* handshake or record layer: certificate, protocol */
	TALLY_GARBAGE, /* not an HTTP answer, or one too many */
	TALLY_WRONG,   /* an echo that is not what was sent */
	TALLY_STATUS_4XX,
	TALLY_STATUS_5XX,
	TALLY_OTHER,
	TALLY_ERRORS,
};

/* "refused", as the JSON has it; and a few words for people. */
const char *tally_error_id(enum tally_error k);
const char *tally_error_text(enum tally_error k);

struct tally {
	uint64_t messages;            /* answered whole: requests or echoes, whatever their status */
	uint64_t sent;                /* begun to be sent */
	uint64_t bytes_in, bytes_out; /* of application data, heads included */
	uint64_t status[6];           /* answers by first digit of their status; [0]: none of 1xx to 5xx */
	uint64_t connects;            /* connections that came about */
	uint64_t resumed;             /* of these, TLS handshakes that resumed a session */
	uint64_t unanswered;          /* due or sent, and without answer when the run ended */
	uint64_t oldest;              /* ns: how long the oldest of these had waited */
	uint64_t stray;               /* datagrams that came too late or twice */
	uint64_t error[TALLY_ERRORS]; /* messages; for connections that failed without one, attempts */
	char said[TALLY_ERRORS][200]; /* of each kind, the words for the first; "" when there are none */
	struct hist latency;          /* ns, of answered messages: from when they were due, or else sent */
	struct hist uncorrected;      /* open loop only: from when they were sent */
	struct hist connect;          /* ns until connected, handshake included */
};

void tally_merge(struct tally *to, const struct tally *from);
uint64_t tally_errors(const struct tally *t);

#endif
