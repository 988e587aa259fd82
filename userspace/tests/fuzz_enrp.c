// SPDX-License-Identifier: GPL-2.0-only
/* ENRP messages, libFuzzer.  Corpus: selftests/corpus/enrp/ */
#include "fuzz_wire.h"

int LLVMFuzzerTestOneInput(const __u8 *data, size_t len);

int LLVMFuzzerTestOneInput(const __u8 *data, size_t len)
{
	return fuzz_wire(RSP_PROTO_ENRP, data, len);
}

size_t LLVMFuzzerCustomMutator(__u8 *data, size_t len, size_t room,
			       unsigned int seed)
{
	return mutate(RSP_PROTO_ENRP, data, len, room, seed);
}
