/* What every UDP model must do besides receiving and sending: answer from the address that was asked, and not
 * answer where that could go on for ever. */
#ifndef ECHO_UDP_H
#define ECHO_UDP_H

#include "echo/echo.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* Room for the control data of one datagram (IP_PKTINFO or IPV6_PKTINFO; see SOCK_OPT_PKTINFO). */
#define ECHO_UDP_CONTROL CMSG_SPACE(sizeof(struct in6_pktinfo))

/* Turns the control data of a datagram that was received into that of its answer, which then leaves from the
 * address it came to (RFC 1122 4.1.3.5).  Without it a machine of several addresses answers from whichever
 * the route prefers, and the client does not know the answer as one. */
void echo_udp_reply_from(struct msghdr *msg);

/* True when answering a datagram from this port could start an endless exchange between two servers that
 * answer everything (CVE-1999-0103): our own port, the ones of echo (7), discard, daytime, qotd, chargen
 * and time (RFC 862 to 868), and port 0, which takes no answer. */
bool echo_udp_unanswerable(const struct echo_server *s, const struct addr *from);

/* True when errno says that the socket itself is of no more use; ICMP errors and lack of memory pass. */
bool echo_udp_broken(void);

#endif
