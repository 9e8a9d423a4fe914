/* Any bytes as "host:port". */
#include "link/address.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_address a;

	if (ww_address_split(ww_str_of(data, size), &a)) {
		assert(a.host[0] != '\0' && strlen(a.host) < sizeof(a.host));
		assert(a.port[0] != '\0' && strlen(a.port) < sizeof(a.port));
	}
	return 0;
}
