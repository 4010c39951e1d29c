/* Drops of a live capture; see livestat.h. */
#include "trace/livestat.h"

#include "base/slice.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static uint64_t missed(const struct livestat *s)
{
	char text[32];
	uint64_t v;
	ssize_t n = s->missed_fd < 0 ? -1 : pread(s->missed_fd, text, sizeof(text), 0);

	if (n <= 0 || slice_u64(slice_trim(slice_of(text, (size_t)n - (text[n - 1] == '\n'))), &v))
		return s->missed_first;
	return v;
}

/* What the socket dropped since this was asked last: reading sets the kernel's counter to zero. */
static int socket_drops(const struct livestat *s, uint64_t *drops)
{
	struct tpacket_stats_v3 st = { 0 };
	socklen_t n = sizeof(st);

	if (getsockopt(pcap_fileno(s->pcap), SOL_PACKET, PACKET_STATISTICS, &st, &n) < 0)
		return -1;
	*drops = st.tp_drops;
	return 0;
}

void livestat_open(struct livestat *s, struct pcap *pcap, const char *interface)
{
	char path[128];
	uint64_t before;

	*s = (struct livestat){ .pcap = pcap };
	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/rx_missed_errors", interface);
	s->missed_fd = open(path, O_RDONLY | O_CLOEXEC);
	s->missed_first = missed(s);
	s->socket = socket_drops(s, &before) == 0;
	if (s->socket)
		s->dropped += before;
}

void livestat_close(struct livestat *s)
{
	if (s->pcap && s->missed_fd >= 0)
		close(s->missed_fd);
}

uint64_t livestat_dropped(struct livestat *s)
{
	struct pcap_stat st;
	uint64_t more;

	if (s->socket) {
		if (socket_drops(s, &more) == 0)
			s->dropped += more;
	} else if (pcap_stats(s->pcap, &st) == 0) {
		s->dropped = (uint64_t)st.ps_drop + st.ps_ifdrop;
	}
	return s->dropped + (missed(s) - s->missed_first);
}
