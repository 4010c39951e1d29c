/* The words by which a lab raises its network: hosts, routers, bridges, cables, addresses. */
#include "lab/lesson.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONG_MS = 60000, RATE_MAX = 1000000 };

static const char bridge_name[] = "br0";

/* --- Hosts -------------------------------------------------------------------------------------------- */

struct lab_node *lesson_node(const struct lesson *l, const char *name, struct err *e)
{
	struct lab *lab = l->stage.lab;

	if (!name)
		return NULL;
	for (unsigned i = 0; lab && i < lab->n; i++)
		if (!strcmp(lab->nodes[i].name, name) && strcmp(name, "wire") != 0)
			return &lab->nodes[i];
	err_set(e, ERR_DATA, lab ? "there is no host '%.40s'" : "'%.40s': hosts are made in network()", name);
	return NULL;
}

static bool is_word(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");

	return n > 0 && n < LAB_NAME && s[n] == '\0' && !(s[0] >= '0' && s[0] <= '9');
}

/* A host that has only a name. */
static struct lab_node *note_host(struct lab *lab, const char *name, struct err *e)
{
	struct lab_node *node = &lab->nodes[lab->n];

	if (lab->n == LAB_NODES) {
		err_set(e, ERR_USAGE, "a lab has at most %d nodes", LAB_NODES);
		return NULL;
	}
	*node = (struct lab_node){ .ns = -1, .rtnl = { .fd = -1, .inet = -1 } };
	snprintf(node->name, sizeof(node->name), "%s", name);
	lab->n++;
	return node;
}

static struct lab_node *add_host(struct lesson *l, const char *name, struct err *e)
{
	struct err none = { 0 };

	if (!name)
		return NULL;
	if (!l->stage.lab)
		err_set(e, ERR_DATA, "hosts are made in network()");
	else if (!is_word(name) || !strcmp(name, "wire"))
		err_set(e, ERR_DATA, "'%.40s' cannot name a host: up to %d small letters and digits", name,
		    LAB_NAME - 1);
	else if (lesson_node(l, name, &none))
		err_set(e, ERR_DATA, "there is a host %s already", name);
	else
		return l->dry ? note_host(l->stage.lab, name, e) : lab_node_new(l->stage.lab, name, e);
	return NULL;
}

/* host(name) */
static int word_host(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	return add_host(host, lesson_arg(host, args, n, 0, e), e) ? 0 : -1;
}

/* router(name): a host that forwards. */
static int word_router(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lab_node *node = add_host(l, lesson_arg(l, args, n, 0, e), e);

	if (node && l->dry)
		return 0;
	if (!node || lab_sysctl(l->stage.lab, node, "ipv4/ip_forward", "1", e))
		return -1;
	return l->stage.lab->ip6 ? lab_sysctl(l->stage.lab, node, "ipv6/conf/all/forwarding", "1", e) : 0;
}

/* bridge(name): a switch; it has no address. */
static int word_bridge(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lab_node *node = add_host(l, lesson_arg(l, args, n, 0, e), e);

	if (node)
		l->stage.bridges |= 1u << (node - l->stage.lab->nodes);
	if (node && l->dry)
		return 0;
	if (!node ||
	    (l->stage.lab->ip6 && lab_sysctl(l->stage.lab, node, "ipv6/conf/default/disable_ipv6", "1", e)))
		return -1;
	return rtnl_bridge(&node->rtnl, bridge_name, e) || rtnl_up(&node->rtnl, bridge_name, e) ? -1 : 0;
}

/* --- Cables ------------------------------------------------------------------------------------------- */

/* Takes "host:interface" apart.  The host; NULL with *e. */
static struct lab_node *split(
    const struct lesson *l, const char *name, char interface[LAB_NAME], struct err *e)
{
	struct slice rest = slice_str(name);
	char host[LAB_NAME + 1];

	slice_cstr(slice_cut(&rest, ':'), host, sizeof(host));
	slice_cstr(rest, interface, LAB_NAME);
	if (is_word(interface) && strlen(interface) > 1 && rest.n < LAB_NAME)
		return lesson_node(l, host, e);
	err_set(e, ERR_DATA, "'%.40s' is to be a host and an interface, such as client:c0", name);
	return NULL;
}

int lesson_port(const struct lesson *l, const char *name, struct err *e)
{
	char interface[LAB_NAME];
	const struct lab_node *node = name ? split(l, name, interface, e) : NULL;

	if (!node)
		return -1;
	for (unsigned i = 0; i < l->stage.nports; i++)
		if (l->stage.ports[i].node == node && !strcmp(l->stage.ports[i].interface, interface))
			return (int)i;
	return err_set(e, ERR_DATA, "no cable leads to %s yet", name);
}

static struct lesson_port *add_port(struct lesson *l, const char *name, struct err *e)
{
	struct lesson_stage *s = &l->stage;
	struct lesson_port *p = &s->ports[s->nports];

	if (!name)
		return NULL;
	if (s->nports == LESSON_PORTS) {
		err_set(e, ERR_DATA, "a lab has at most %d cables", LESSON_PORTS / 2);
		return NULL;
	}
	*p = (struct lesson_port){ .peer = -1 };
	p->node = split(l, name, p->interface, e);
	if (!p->node)
		return NULL;
	p->bridge = l->stage.bridges >> (p->node - s->lab->nodes) & 1;
	s->nports++;
	return p;
}

/* What is no text (not loss and "drop ...") is no rule. */
static int take_rules(struct lesson *l, struct link_options *o, const struct script_value *args, size_t n,
    size_t from, struct err *e)
{
	for (size_t i = from; i < n; i++) {
		if (args[i].type != SCRIPT_TEXT)
			continue;
		if (o->nrules == LINK_RULES)
			return err_set(e, ERR_DATA, "a wire has at most %d rules", LINK_RULES);
		if (!(o->rules[o->nrules++] = lesson_arg(l, args, n, i, e)))
			return -1;
	}
	return 0;
}

/* Delay and jitter in ms, rate in kbit/s, rules: from argument `from` on. */
static int take_options(struct lesson *l, struct link_options *o, const struct script_value *args, size_t n,
    size_t from, struct err *e)
{
	int64_t delay = lesson_arg_int(args, n, from, 0, LONG_MS, e);
	int64_t jitter = delay < 0 ? -1 : lesson_arg_int(args, n, from + 1, 0, LONG_MS, e);
	int64_t rate = jitter < 0 ? -1 : lesson_arg_int(args, n, from + 2, 0, RATE_MAX, e);

	if (rate < 0)
		return -1;
	o->delay = delay * CLOCK_MS;
	o->jitter = jitter * CLOCK_MS;
	o->rate = rate * 1000;
	return take_rules(l, o, args, n, from + 3, e);
}

/* "20 ms, drop syn #1 from client" */
static const char *wire_words(struct lesson *l, const struct link_options *o)
{
	const char *s = arena_printf(&l->arena, "%lld ms", (long long)(o->delay / CLOCK_MS));

	if (o->rate)
		s = arena_printf(&l->arena, "%s, %lld kbit/s", s, (long long)(o->rate / 1000));
	for (unsigned i = 0; i < o->nrules; i++)
		s = arena_printf(&l->arena, "%s, %s", s, o->rules[i]);
	return s;
}

/* Joins two ports; with options by a wire in user space, which keeps a log. */
static int join(struct lesson *l, struct lesson_port *a, struct lesson_port *b, const struct link_options *o,
    const char *log, struct err *e)
{
	struct lesson_stage *s = &l->stage;
	struct lesson_port *const both[2] = { a, b };

	a->peer = (int)(b - s->ports);
	b->peer = (int)(a - s->ports);
	if (o)
		a->wire = b->wire = wire_words(l, o);
	if (o && s->ncables == LESSON_CABLES)
		return err_set(e, ERR_DATA, "a lab has at most %d wires", LESSON_CABLES);
	if (o)
		snprintf(s->cables[s->ncables].log, sizeof(s->cables[0].log), "%s", log);
	s->ncables += o != NULL;
	if (l->dry)
		return 0;
	if (!o && lab_link(a->node, a->interface, b->node, b->interface, e))
		return -1;
	if (o) {
		struct lesson_cable *c = &s->cables[s->ncables - 1];

		if (cable_start(
		        &c->cable, s->lab, a->node, a->interface, b->node, b->interface, o, c->log, e))
			return -1;
	}
	for (int i = 0; i < 2; i++)
		if (both[i]->bridge && rtnl_enslave(&both[i]->node->rtnl, both[i]->interface, bridge_name, e))
			return -1;
	return 0;
}

/* cable(port, port [, delay, jitter, rate, rule...]) */
static int word_cable(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lesson_port *a = add_port(l, lesson_arg(l, args, n, 0, e), e);
	struct lesson_port *b = a ? add_port(l, lesson_arg(l, args, n, 1, e), e) : NULL;
	struct link_options o = { .seed = l->seed };
	char log[48];

	if (!b)
		return -1;
	o.names[0] = a->node->name;
	o.names[1] = b->node->name;
	if (n > 2 && take_options(l, &o, args, n, 2, e))
		return -1;
	snprintf(log, sizeof(log), "%s-%s.log", a->interface, b->interface);
	return join(l, a, b, n > 2 ? &o : NULL, log, e);
}

/* --- Addresses ---------------------------------------------------------------------------------------- */

static int give_address(const struct lesson *l, struct lesson_port *p, const char *prefix, struct err *e)
{
	struct slice rest = slice_str(prefix);
	char *first = p->address[strchr(prefix, ':') != NULL];

	if (!l->dry && rtnl_address(&p->node->rtnl, p->bridge ? bridge_name : p->interface, prefix, e))
		return -1;
	if (!first[0])
		slice_cstr(slice_cut(&rest, '/'), first, sizeof(p->address[0]));
	return 0;
}

/* address(port, prefix) */
static int word_address(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	int port = lesson_port(l, lesson_arg(l, args, n, 0, e), e);
	const char *prefix = port < 0 ? NULL : lesson_arg(l, args, n, 1, e);

	return prefix ? give_address(l, &l->stage.ports[port], prefix, e) : -1;
}

/* route(host, prefix, gateway) */
static int word_route(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	struct lab_node *node = lesson_node(l, lesson_arg(l, args, n, 0, e), e);
	const char *prefix = node ? lesson_arg(l, args, n, 1, e) : NULL;
	const char *gateway = prefix ? lesson_arg(l, args, n, 2, e) : NULL;

	if (gateway && l->dry)
		return 0;
	return gateway ? rtnl_route(&node->rtnl, prefix, gateway, e) : -1;
}

/* sysctl(host, name below /proc/sys/net, value) */
static int word_sysctl(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	struct lesson *l = host;
	const struct lab_node *node = lesson_node(l, lesson_arg(l, args, n, 0, e), e);
	const char *name = node ? lesson_arg(l, args, n, 1, e) : NULL;
	const char *value = name ? lesson_arg(l, args, n, 2, e) : NULL;

	if (!value)
		return -1;
	if (strstr(name, "..") || name[0] == '/')
		return err_set(e, ERR_DATA, "'%s' is no setting, such as ipv4/ip_forward", name);
	return l->dry ? 0 : lab_sysctl(l->stage.lab, node, name, value, e);
}

/* wire(client's address, server's address, delay, jitter, rate, rules...): two hosts, a wire, captures at both ends. */
static int word_wire(void *host, const struct script_value *args, size_t n,
    struct script_value results[PROGRAM_RESULTS], struct err *e)
{
	static const char *const names[2] = { "client", "server" }, *const ports[2] = { "client:c0", "server:"
		                                                                                     "s0" };
	struct lesson *l = host;
	struct link_options o = { .names = { names[0], names[1] }, .seed = l->seed };
	struct lesson_port *p[2] = { 0 };
	const char *prefix[2];

	if (l->stage.nports)
		return err_set(
		    e, ERR_DATA, "wire() is the whole network; more is made with host() and cable()");
	for (size_t i = 0; i < 2; i++)
		if (!(prefix[i] = lesson_arg(l, args, n, i, e)) || !add_host(l, names[i], e) ||
		    !(p[i] = add_port(l, ports[i], e)))
			return -1;
	if (take_options(l, &o, args, n, 2, e) || join(l, p[0], p[1], &o, "wire.log", e))
		return -1;
	if (give_address(l, p[0], prefix[0], e) || give_address(l, p[1], prefix[1], e))
		return -1;
	return lesson_capture_start(l, names[0], 0, 1, e) || lesson_capture_start(l, names[1], 1, 0, e) ? -1
	                                                                                                : 0;
}

const struct program_function lesson_net_words[] = {
	{ "host", word_host },
	{ "router", word_router },
	{ "bridge", word_bridge },
	{ "cable", word_cable },
	{ "address", word_address },
	{ "route", word_route },
	{ "sysctl", word_sysctl },
	{ "wire", word_wire },
	{ NULL, NULL },
};
