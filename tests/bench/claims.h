/* A Bundle of claims as payers send them, for what measures. */
#ifndef WW_TESTS_BENCH_CLAIMS_H
#define WW_TESTS_BENCH_CLAIMS_H

#include <wardwire/buf.h>

static inline void
bench_add_claim(struct ww_buf *b, int i)
{
	ww_buf_printf(b,
	    "%s{\"fullUrl\":\"urn:uuid:00000000-0000-4000-8000-%012d\",\"resource\":{"
	    "\"resourceType\":\"Claim\",\"id\":\"c%d\",\"identifier\":[{\"system\":"
	    "\"http://payer.example.org/claims\",\"value\":\"CL%08d\"}],\"status\":\"active\","
	    "\"type\":{\"coding\":[{\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/claim-type\",\"code\":\"institutional\"}]},"
	    "\"use\":\"claim\",\"patient\":{\"reference\":\"Patient/p%d\"},\"billablePeriod\":"
	    "{\"start\":\"2026-02-%02d\",\"end\":\"2026-03-01\"},\"created\":\"2026-03-02\","
	    "\"insurer\":{\"reference\":\"Organization/payer\"},\"provider\":{\"reference\":"
	    "\"Organization/mercy\"},\"priority\":{\"coding\":[{\"system\":"
	    "\"http://terminology.hl7.org/CodeSystem/processpriority\",\"code\":\"normal\"}]},"
	    "\"supportingInfo\":[{\"sequence\":1,\"category\":{\"coding\":[{\"code\":"
	    "\"typeofbill\"}]},\"code\":{\"coding\":[{\"code\":\"0111\"}]}}],\"diagnosis\":[",
	    i > 0 ? "," : "", i, i, i, i % 1000, 1 + i % 28);
	for (int d = 1; d <= 4; d++)
		ww_buf_printf(b,
		    "%s{\"sequence\":%d,\"diagnosisCodeableConcept\":{\"coding\":[{\"system\":"
		    "\"http://hl7.org/fhir/sid/icd-10-cm\",\"code\":\"I50.2%d\",\"display\":"
		    "\"Systolic heart failure\"}]}}",
		    d > 1 ? "," : "", d, d);
	ww_buf_cstr(b, "],\"insurance\":[{\"sequence\":1,\"focal\":true,\"coverage\":"
	               "{\"reference\":\"Coverage/c1\"}}],\"item\":[");
	for (int n = 1; n <= 5; n++)
		ww_buf_printf(b,
		    "%s{\"sequence\":%d,\"revenue\":{\"coding\":[{\"system\":"
		    "\"https://www.nubc.org/CodeSystem/RevenueCodes\",\"code\":\"012%d\"}]},"
		    "\"productOrService\":{\"coding\":[{\"system\":\"urn:codes\",\"code\":\"A%d\"}]"
		    "},"
		    "\"servicedDate\":\"2026-02-%02d\",\"quantity\":{\"value\":%d},\"net\":{"
		    "\"value\":%d.00,"
		    "\"currency\":\"USD\"}}",
		    n > 1 ? "," : "", n, n, n, n, n, 200 + n);
	ww_buf_cstr(b, "],\"total\":{\"value\":1234.50,\"currency\":\"USD\"}}}");
}

/* Of at least that many bytes; how many claims it has. */
static inline int
bench_claims(struct ww_buf *b, size_t bytes)
{
	int n = 0;

	ww_buf_cstr(b, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
	while (ww_buf_view(b).n < bytes)
		bench_add_claim(b, n++);
	ww_buf_cstr(b, "]}");
	return n;
}

#endif
