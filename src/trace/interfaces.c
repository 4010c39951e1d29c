/* Interfaces; see interfaces.h.  libpcap's list, which also has what is no network interface (nflog, usbmon). */
#include "trace/interfaces.h"

#include <net/if.h>
#include <pcap/pcap.h>
#include <stdlib.h>

static int find_all(pcap_if_t **all, struct err *e)
{
	char words[PCAP_ERRBUF_SIZE] = "";

	if (pcap_findalldevs(all, words) < 0)
		return err_set(e, ERR_ENV, "cannot list the interfaces: %s", words);
	return 0;
}

static const char *connection(bpf_u_int32 flags)
{
	if (flags & PCAP_IF_LOOPBACK)
		return NULL;
	switch (flags & PCAP_IF_CONNECTION_STATUS) {
	case PCAP_IF_CONNECTION_STATUS_CONNECTED: return "Connected";
	case PCAP_IF_CONNECTION_STATUS_DISCONNECTED: return "Disconnected";
	default: return NULL;
	}
}

static void put_flags(struct buf *out, bpf_u_int32 flags)
{
	const char *const words[] = {
		flags & PCAP_IF_UP ? "Up" : NULL,
		flags & PCAP_IF_RUNNING ? "Running" : NULL,
		flags & PCAP_IF_LOOPBACK ? "Loopback" : NULL,
		flags & PCAP_IF_WIRELESS ? "Wireless" : NULL,
		connection(flags),
	};
	const char *before = " [";

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i]) {
			buf_printf(out, "%s%s", before, words[i]);
			before = ", ";
		}
	buf_puts(out, *before == ',' ? "]\n" : "\n");
}

int interfaces_list(struct buf *out, struct err *e)
{
	pcap_if_t *all;
	unsigned n = 0;

	if (find_all(&all, e) < 0)
		return -1;
	for (const pcap_if_t *i = all; i; i = i->next) {
		buf_printf(out, "%u.%s", ++n, i->name);
		if (i->description)
			buf_printf(out, " (%s)", i->description);
		put_flags(out, i->flags);
	}
	pcap_freealldevs(all);
	if (n == 0)
		return err_set(e, ERR_ENV, "there is no interface to capture on");
	return out->failed ? err_set(e, ERR_ENV, "out of memory") : 0;
}

char *interfaces_name(const char *given, struct err *e)
{
	pcap_if_t *all, *i;
	uint64_t number;
	char *name;

	if (slice_u64(slice_str(given), &number) == 0 && !if_nametoindex(given)) {
		if (find_all(&all, e) < 0)
			return NULL;
		for (i = all; i && --number != 0; i = i->next)
			;
		name = i ? strdup(i->name) : NULL;
		pcap_freealldevs(all);
		if (!i) {
			err_set(e, ERR_ENV, "there is no interface number %s; -D lists them", given);
			return NULL;
		}
	} else {
		name = strdup(given);
	}
	if (!name)
		err_set(e, ERR_ENV, "out of memory");
	return name;
}
