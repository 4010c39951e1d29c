/* OpenSSL's error queue as one clear line. */
#include "tls/ossl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

struct reason {
	int lib, reason;
	const char *words;
};

/* What a person meets in a lab, in words that say what to do. */
static const struct reason reasons[] = {
	{ ERR_LIB_SSL, SSL_R_TLSV1_ALERT_UNKNOWN_CA,
	    "the peer does not trust our certificate's issuer (alert unknown_ca); give it the "
	    "root" },
	{ ERR_LIB_SSL, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
	    "the peer refuses our certificate (alert certificate_unknown); does it have the "
	    "root?" },
	{ ERR_LIB_SSL, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
	    "the peer refuses our certificate (alert bad_certificate)" },
	{ ERR_LIB_SSL, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
	    "the peer says our certificate has expired (alert certificate_expired)" },
	{ ERR_LIB_SSL, SSL_R_NO_SHARED_CIPHER, "the peer offers no cipher suite we accept" },
	{ ERR_LIB_SSL, SSL_R_UNSUPPORTED_PROTOCOL,
	    "the peer offers only TLS versions we refuse (below 1.2)" },
	{ ERR_LIB_SSL, SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "the peer showed no certificate" },
	{ ERR_LIB_SSL, SSL_R_WRONG_VERSION_NUMBER, "what came is not TLS" },
	{ ERR_LIB_SSL, SSL_R_HTTP_REQUEST, "a plain HTTP request came on the TLS port" },
	{ ERR_LIB_SSL, SSL_R_NO_APPLICATION_PROTOCOL,
	    "the peer's ALPN list has no protocol we speak (alert no_application_protocol)" },
	{ ERR_LIB_SSL, SSL_R_UNEXPECTED_EOF_WHILE_READING,
	    "the stream ended without close_notify: bytes may be missing" },
	{ ERR_LIB_SSL, SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC,
	    "a record does not authenticate (alert bad_record_mac)" },
	{ ERR_LIB_PEM, PEM_R_NO_START_LINE, "no PEM block of that kind in it" },
	{ ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH, "the key is not the certificate's" },
};

const char *ossl_reason(unsigned long code)
{
	const char *text;

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (ERR_GET_LIB(code) == reasons[i].lib && ERR_GET_REASON(code) == reasons[i].reason)
			return reasons[i].words;
	if (ERR_SYSTEM_ERROR(code))
		return strerror(ERR_GET_REASON(code));
	text = code ? ERR_reason_error_string(code) : NULL;
	return text ? text : "no reason given";
}

int ossl_fail(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	const char *reason = ossl_reason(ERR_get_error());
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	ERR_clear_error();
	return err_set(e, kind, "%s: %s", what, reason);
}
