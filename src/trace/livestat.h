/* How many packets a live capture lost, by the kernel's own counters.  Works without opening anything after
 * livestat_open, which libpcap's pcap_stats does not: it looks into /sys each time.  Private to the room. */
#ifndef TRACE_LIVESTAT_H
#define TRACE_LIVESTAT_H

#include <stdbool.h>
#include <stdint.h>

struct pcap;

struct livestat {
	struct pcap *pcap;
	bool socket;           /* a packet socket, which counts its drops itself; else libpcap is asked */
	int missed_fd;         /* what the interface's hardware missed since it exists, or -1 */
	uint64_t missed_first; /* by the start of the capture */
	uint64_t dropped;      /* so far */
};

/* The interface's drops count from here on. */
void livestat_open(struct livestat *s, struct pcap *pcap, const char *interface);
void livestat_close(struct livestat *s);
/* Packets dropped by kernel and hardware since; the last known number when it cannot be had. */
uint64_t livestat_dropped(struct livestat *s);

#endif
