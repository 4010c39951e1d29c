/* Certificate chains as a TLS 1.2 server sends them: in order and out of it, weak, expired, compressed, with what is
 * stapled to them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tape.h"

#include <openssl/x509v3.h>
#include <zlib.h>

/* Who issues, and what. */
struct person {
	EVP_PKEY *key;
	X509 *cert;
};

struct wish {
	const char *name, *san;
	const struct person *issuer; /* NULL: itself */
	bool ca, sha1;
	EVP_PKEY *key; /* NULL: P-256 */
	long from, to; /* seconds from now; both 0: an hour around now */
};

static void extend(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(e);
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

static struct person make(struct wish w)
{
	struct person p = { w.key ? w.key : EVP_EC_gen("P-256"), X509_new() };
	X509_NAME *name = X509_get_subject_name(p.cert);

	X509_set_version(p.cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(p.cert), 0x1234);
	X509_gmtime_adj(X509_getm_notBefore(p.cert), w.from || w.to ? w.from : -3600);
	X509_gmtime_adj(X509_getm_notAfter(p.cert), w.from || w.to ? w.to : 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)w.name, -1, -1, 0);
	X509_set_issuer_name(p.cert, w.issuer ? X509_get_subject_name(w.issuer->cert) : name);
	X509_set_pubkey(p.cert, p.key);
	if (w.san)
		extend(p.cert, NID_subject_alt_name, w.san);
	extend(p.cert, NID_basic_constraints, w.ca ? "critical,CA:TRUE" : "CA:FALSE");
	X509_sign(p.cert, w.issuer ? w.issuer->key : p.key, w.sha1 ? EVP_sha1() : EVP_sha256());
	return p;
}

static void unmake(struct person *p)
{
	X509_free(p->cert);
	EVP_PKEY_free(p->key);
}

/* A Certificate message of TLS 1.2, its header included. */
static void put_chain(struct buf *out, const struct person *const *chain, size_t n)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < n; i++) {
		unsigned char *der = NULL;
		int size = i2d_X509(chain[i]->cert, &der);

		assert_true(size > 0);
		buf_put(&list, (uint8_t[]){ 0, (uint8_t)(size >> 8), (uint8_t)size }, 3);
		buf_put(&list, der, (size_t)size);
		OPENSSL_free(der);
	}
	buf_put(out,
	    (uint8_t[]){ 11, 0, (uint8_t)((list.n + 3) >> 8), (uint8_t)(list.n + 3), 0,
	        (uint8_t)(list.n >> 8), (uint8_t)list.n },
	    7);
	buf_slice(out, buf_view(&list));
	buf_fini(&list);
}

/* Both hellos of a real connection, then this handshake message from the server. */
static void tell(struct tape *p, struct slice message)
{
	struct buf record = { 0 };
	struct slice hello;
	struct tlsrec rec;
	struct tlsrec_hs hs;
	struct talk t;

	tape_init(p, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256");
	assert_true(handshake(p));
	p->lab.now = p->now;
	p->lab.step = 0;
	talk_init(&t, &p->lab, 40000, 443);
	talk_open(&t);
	talk_data(&t, C, buf_view(&p->flights[0].bytes), 1460);
	hello = buf_view(&p->flights[1].bytes);
	assert_true(tlsrec_header(hello, &rec) > 0);
	assert_true(tlsrec_handshake(slice_skip(hello, TLSREC_HEADER), &hs) > 0);
	talk_data(&t, S, slice_sub(hello, 0, TLSREC_HEADER + (size_t)rec.len), 1460);
	buf_put(&record, (uint8_t[]){ 22, 3, 3, (uint8_t)(message.n >> 8), (uint8_t)message.n }, 5);
	buf_slice(&record, message);
	talk_data(&t, S, buf_view(&record), 1460);
	lab_run(&p->lab);
	buf_fini(&record);
}

static void tell_chain(struct tape *p, const struct person *const *chain, size_t n)
{
	struct buf message = { 0 };

	put_chain(&message, chain, n);
	tell(p, buf_view(&message));
	buf_fini(&message);
}

static void test_chain(void **state)
{
	struct person root = make((struct wish){ .name = "root", .ca = true });
	struct person middle = make((struct wish){ .name = "middle", .ca = true, .issuer = &root });
	struct person leaf =
	    make((struct wish){ .name = "leaf", .san = "DNS:pair.example", .issuer = &middle });
	struct tape p;
	const struct lab *l = &p.lab;

	tell_chain(&p, (const struct person *[]){ &leaf, &middle, &root }, 3);
	assert_int_equal(lab_count(l, NOTE_TLS_CERTIFICATE), 3);
	for (size_t i = 0; i < 3; i++) {
		static const char *const role[] = { "the server's own", "an intermediate authority",
			"a root authority" };
		const struct lab_note *n = lab_find(l, NOTE_TLS_CERTIFICATE, i);
		char position[2] = { (char)('1' + i) };

		lab_expect(n, "osilab.cert.position", position);
		lab_expect(n, "osilab.cert.count", "3");
		lab_expect(n, "osilab.cert.role", role[i]);
		lab_expect(n, "osilab.cert.key", "EC P-256");
		lab_expect(n, "osilab.tls.how", "in clear, anyone can read it");
		lab_expect(n, "x509af.serialNumber", "1234");
	}
	lab_expect(lab_find(l, NOTE_TLS_CERTIFICATE, 0), "x509ce.dNSName", "pair.example");
	lab_one(l, NOTE_TLS_CERT_VALID);
	lab_none(l, NOTE_TLS_CERT_NAME);
	lab_none(l, NOTE_TLS_CERT_SELF_SIGNED);
	lab_none(l, NOTE_TLS_CHAIN_ORDER);
	lab_none(l, NOTE_TLS_CHAIN_NOT_CA);
	lab_none(l, NOTE_TLS_CERT_WEAK_KEY);
	lab_none(l, NOTE_TLS_CERT_WEAK_HASH);
	tape_fini(&p);

	tell_chain(&p, (const struct person *[]){ &leaf, &root, &middle }, 3);
	assert_int_equal(lab_count(l, NOTE_TLS_CHAIN_ORDER), 2);
	tape_fini(&p);
	tell_chain(&p, NULL, 0);
	lab_one(l, NOTE_TLS_CERT_NONE);
	tape_fini(&p);
	unmake(&leaf);
	unmake(&middle);
	unmake(&root);
}

static void test_faults(void **state)
{
	struct person root = make((struct wish){ .name = "root" }); /* no CA:TRUE */
	struct person old = make(
	    (struct wish){ .name = "old", .san = "DNS:other", .issuer = &root, .from = -7200, .to = -3600 });
	struct person early = make((struct wish){
	    .name = "early", .san = "DNS:*.example", .issuer = &root, .from = 3600, .to = 7200 });
	struct person weak = make((struct wish){ .name = "weak",
	    .issuer = &root,
	    .sha1 = true,
	    .key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024) });
	struct tape p;
	const struct lab *l = &p.lab;

	tell_chain(&p, (const struct person *[]){ &old, &root }, 2);
	lab_one(l, NOTE_TLS_CERT_EXPIRED);
	lab_one(l, NOTE_TLS_CERT_NAME);
	lab_one(l, NOTE_TLS_CHAIN_NOT_CA);
	lab_none(l, NOTE_TLS_CERT_VALID);
	lab_expect(lab_find(l, NOTE_TLS_CERTIFICATE, 1), "osilab.cert.role", "no authority");
	tape_fini(&p);
	tell_chain(&p, (const struct person *[]){ &early }, 1);
	lab_one(l, NOTE_TLS_CERT_NOT_YET);
	lab_none(l, NOTE_TLS_CERT_NAME);
	tape_fini(&p);
	tell_chain(&p, (const struct person *[]){ &weak }, 1);
	lab_expect(lab_one(l, NOTE_TLS_CERT_WEAK_KEY), "osilab.cert.key", "RSA 1024");
	lab_one(l, NOTE_TLS_CERT_WEAK_HASH);
	tape_fini(&p);
	unmake(&weak);
	unmake(&early);
	unmake(&old);
	unmake(&root);
}

/* The chain in a CompressedCertificate message that names this algorithm and says that `n` bytes come of it. */
static void tell_packed(struct tape *p, const struct buf *chain, uint16_t algorithm, size_t n)
{
	struct slice body = slice_skip(buf_view(chain), 4);
	uint8_t packed[4096], message[4200];
	uLongf room = sizeof(packed);
	struct wr w = wr_of(message, sizeof(message));

	assert_int_equal(compress(packed, &room, body.p, body.n), Z_OK);
	wr_u8(&w, TLSREC_COMPRESSED_CERTIFICATE);
	wr_be24(&w, (uint32_t)room + 8);
	wr_be16(&w, algorithm);
	wr_be24(&w, (uint32_t)n);
	wr_be24(&w, (uint32_t)room);
	wr_put(&w, slice_of(packed, room));
	tell(p, slice_of(w.p, w.n));
}

/* Packed by zlib, or called something else. */
static void test_compressed(void **state)
{
	struct person leaf = make((struct wish){ .name = "leaf", .san = "DNS:pair.example" });
	struct buf chain = { 0 };
	struct tape p;

	put_chain(&chain, (const struct person *[]){ &leaf }, 1);
	for (uint16_t algorithm = 1; algorithm <= 3; algorithm++) {
		tell_packed(&p, &chain, algorithm, chain.n - 4);
		lab_one(&p.lab, NOTE_TLS_CERT_COMPRESSED);
		assert_int_equal(lab_count(&p.lab, NOTE_TLS_CERTIFICATE), algorithm == 1);
		assert_int_equal(lab_count(&p.lab, NOTE_TLS_CERT_PACKED), algorithm != 1);
		tape_fini(&p);
	}
	/* Says that it is shorter, or longer, than it is. */
	for (int off = -1; off <= 1; off += 2) {
		tell_packed(&p, &chain, TLSREC_ZLIB, chain.n - 4 + (size_t)off);
		lab_one(&p.lab, NOTE_TLS_CERT_PACKED);
		tape_fini(&p);
	}
	buf_fini(&chain);
	unmake(&leaf);
}

static void test_stapled(void **state)
{
	struct tape p;

	tell(&p, SLICE("\x16\0\0\x08\1\0\0\4ocsp"));
	lab_expect(lab_one(&p.lab, NOTE_TLS_OCSP), "osilab.tls.bytes", "4");
	tape_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_stapled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
