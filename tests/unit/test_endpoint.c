/* Endpoints of the configuration: their kinds, and what fits them. */
#include "config_fixture.h"

START_TEST(takes_each_kind)
{
	const struct ww_endpoint *e;

	takes("data: d\n"
	      "endpoints:\n"
	      "- {name: ehr, fhir: 'https://ehr.example.org/r4/', tls: {ca: ehr.pem}}\n"
	      "- {name: lab, mllp: '127.0.0.1:2576', timeout: 9, refused: retry}\n"
	      "- {name: far, mllp: 'lab.example.org:2576', refused: park, tls: {ca: ca.pem, cert: "
	      "c.pem, "
	      "key: k.pem, name: peer.example.org}}\n"
	      "- {name: web, http: 'https://lab.example.org/hl7/in/'}\n"
	      "- {name: near, http: 'http://[::1]:80/'}\n"
	      "- {name: open, mllp: '10.1.0.5:2576', plain: true}\n"
	      "- {name: out, dir: spool/out}\n"
	      "- {name: desk, worklist: true}\n");
	e = config->endpoints;
	ck_assert_int_eq(e[0].kind, WW_ENDPOINT_FHIR);
	unit_str_is(e[0].url, "https://ehr.example.org/r4");
	unit_str_is(e[0].tls.ca, "ehr.pem");
	ck_assert_int_eq(e[1].kind, WW_ENDPOINT_MLLP);
	unit_str_is(e[1].url, "mllp://127.0.0.1:2576");
	ck_assert(e[1].insist && e[1].timeout == 9 && e[1].tls.ca.n == 0);
	unit_str_is(e[2].url, "mllps://lab.example.org:2576");
	unit_str_is(e[2].tls.ca, "ca.pem");
	unit_str_is(e[2].tls.cert, "c.pem");
	unit_str_is(e[2].tls.key, "k.pem");
	unit_str_is(e[2].tls.name, "peer.example.org");
	ck_assert(!e[2].insist);
	ck_assert_int_eq(e[3].kind, WW_ENDPOINT_HTTP);
	unit_str_is(e[3].url, "https://lab.example.org/hl7/in/"); /* not ours to change */
	unit_str_is(e[5].url, "mllp://10.1.0.5:2576");
	ck_assert_int_eq(e[6].kind, WW_ENDPOINT_DIR);
	unit_str_is(e[6].url, "file://spool/out");
	ck_assert_int_eq(e[7].kind, WW_ENDPOINT_WORKLIST);
	unit_str_is(e[7].url, "worklist:");
}
END_TEST

START_TEST(wants_exactly_one_address)
{
	FAULTS_ARE("data: d\n"
	           "endpoints:\n"
	           "- {name: a}\n"
	           "- {name: b, fhir: 'http://h', mllp: 'localhost:1'}\n"
	           "- {name: c, dir: d, http: 'http://localhost', mllp: 'localhost:1'}\n",
	    "3:3 one of the keys fhir, mllp, http, dir and worklist is missing in endpoints[], "
	    "near here",
	    "4:31 an endpoint has one address: fhir, mllp, http, dir or worklist; fhir is on line "
	    "4",
	    "5:21 an endpoint has one address: fhir, mllp, http, dir or worklist; mllp is on line "
	    "5");
}
END_TEST

START_TEST(refuses_what_means_nothing_there)
{
	FAULTS_ARE("data: d\n"
	           "endpoints:\n"
	           "- {name: a, fhir: 'http://h', refused: park}\n"
	           "- {name: b, mllp: 'localhost:1', inflight: 2, searches: 2}\n"
	           "- {name: c, dir: d, timeout: 5, plain: false}\n"
	           "- {name: d, worklist: true, timeout: 5, tls: {ca: ca.pem}}\n"
	           "- {name: e, worklist: false}\n",
	    "3:31 refused: means nothing for a FHIR endpoint",
	    "4:34 inflight: means nothing for an MLLP endpoint",
	    "4:47 searches: means nothing for an MLLP endpoint",
	    "5:21 timeout: means nothing for a folder", "5:33 plain: means nothing for a folder",
	    "6:29 timeout: means nothing for a worklist", "6:41 tls: means nothing for a worklist",
	    "7:23 worklist: false is no kind of endpoint; leave the key out and give an "
	    "address");
}
END_TEST

START_TEST(sends_nothing_plain_unless_told)
{
	FAULTS_ARE("data: d\n"
	           "endpoints:\n"
	           "- {name: a, mllp: '10.1.0.5:2576'}\n"
	           "- {name: b, http: 'http://lab.example.org/in', plain: false}\n"
	           "- {name: c, http: 'http://lab.example.org/in', tls: {ca: ca.pem}}\n"
	           "- {name: d, mllp: 'localhost:0'}\n"
	           "- {name: e, fhir: 'http://localhost/r4', tls: {ca: ca.pem}}\n",
	    "3:19 mllp: '10.1.0.5:2576' is on another machine and MLLP is not encrypted; add "
	    "'tls', or "
	    "'plain: true'",
	    "4:19 http: 'http://lab.example.org/in' is on another machine and http:// is not "
	    "encrypted; use https://, or add 'plain: true'",
	    "5:48 tls: the address begins with http://, which is not encrypted; use https://",
	    "6:19 mllp: nobody can be reached on port 0",
	    "7:42 tls: the address begins with http://, which is not encrypted; use https://");
}
END_TEST

START_TEST(wants_what_tls_needs)
{
	FAULTS_ARE("data: d\n"
	           "endpoints:\n"
	           "- {name: a, mllp: 'h.example.org:1', tls: {cert: c.pem}}\n"
	           "- {name: b, mllp: 'h.example.org:1', tls: {ca: ca.pem, name: 'a b'}}\n",
	    "3:38 tls: cert and key are given together or not at all",
	    "3:43 required key 'ca' is missing in endpoints[].tls, near here",
	    "4:62 name: 'a b' is not a valid host: a name of DNS or an IPv4 address");
}
END_TEST

START_TEST(sends_notices_where_they_are_taken)
{
	fault_is("data: d\n"
	         "endpoints: [{name: lab, mllp: 'localhost:1'}]\n"
	         "parties: [{name: p, send: lab}]\n",
	    "3:27 send: 'lab' takes no notices: those that do have fhir or worklist");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { takes_each_kind, wants_exactly_one_address,
		refuses_what_means_nothing_there, sends_nothing_plain_unless_told,
		wants_what_tls_needs, sends_notices_where_they_are_taken };

	return unit_main("endpoint", tests, UNIT_COUNT(tests));
}
