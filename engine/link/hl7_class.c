/* The meaning of acknowledgement codes. */
#include "link/hl7_class.h"

#include <assert.h>
#include <string.h>

/* HL7 table 0008. CA releases the sender (chapter 2, 2.8.3): what the receiver's application says later, it says of a message
 * that is the receiver's already. */
static const struct {
	const char *code;
	bool taken;
	const char *reason;
} codes[] = {
	{ "AA", true, "" },
	{ "CA", true, "" },
	{ "AE", false, "refused with AE" },
	{ "AR", false, "refused with AR" },
	{ "CE", false, "refused with CE" },
	{ "CR", false, "refused with CR" },
};

struct ww_hl7_verdict
ww_hl7_class_of(const char *code, bool insist)
{
	size_t i = 0;

	while (strcmp(codes[i].code, code) != 0) {
		i++;
		assert(i < sizeof(codes) / sizeof(codes[0])); /* ww_ack_read gives no other */
	}
	return (struct ww_hl7_verdict){ codes[i].taken ? WW_RESULT_SENT
		                        : insist       ? WW_RESULT_RETRY
		                                       : WW_RESULT_PARKED,
		codes[i].reason };
}
