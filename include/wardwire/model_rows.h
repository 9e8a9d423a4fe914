/* Reads model.def with the macros the including file has set, and unsets them. No include guard: it is
 * read once for the structs and once for their descriptions. */
#include <wardwire/model.def>
#undef WW_ENTITY
#undef WW_ID
#undef WW_TEXT
#undef WW_TIME
#undef WW_ENUM
#undef WW_END
#undef WW_INDEX
