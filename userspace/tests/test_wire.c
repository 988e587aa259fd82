// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vectors read and written, and everything that can be done to all of them
 * alike.  Rules about single parameters: the other test_wire_*.c.
 *
 * With a directory as argument: the vectors as files, a corpus for the fuzzers
 * (selftests/corpus).
 */
#include <errno.h>
#include <stdio.h>

#include "harness.h"
#include "rewrite.h"
#include "vectors.h"

static struct bytes bytes, other;
static const struct vector *current;

#define for_each_vector()						\
	for (current = vectors; current < vectors + ARRAY_SIZE(vectors); current++)

static int name_vector(void **state)
{
	(void)state;
	if (current && current < vectors + ARRAY_SIZE(vectors))
		print_error("in vector %s\n", current->name);
	current = NULL;
	return 0;
}

static void load(const struct vector *v, struct bytes *b, __u8 padding)
{
	b->len = 0;
	add_hex_padded(b, v->hex, padding);
}

static bool is_error(const struct vector *v)
{
	return v->msg.has_error && v->required == 1 && !v->msg.npools;
}

/* What a vector means */

static void assert_transport(const struct rsp_transport *a,
			     const struct rsp_transport *b)
{
	unsigned int i;

	assert_int_equal(a->type, b->type);
	assert_int_equal(a->port, b->port);
	assert_int_equal(a->use, b->use);
	assert_int_equal(a->service_code, b->service_code);
	assert_int_equal(a->naddrs, b->naddrs);
	for (i = 0; i < a->naddrs; i++) {
		assert_int_equal(a->addrs[i].family, b->addrs[i].family);
		assert_memory_equal(a->addrs[i].octets, b->addrs[i].octets, 16);
	}
	if (b->raw.data)
		assert_octets(&a->raw, b->raw.data, b->raw.len);
}

static void assert_policy(const struct rsp_policy_param *a,
			  const struct rsp_policy_param *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->weight, b->weight);
	assert_int_equal(a->priority, b->priority);
	assert_int_equal(a->load, b->load);
	assert_int_equal(a->degradation, b->degradation);
	if (b->raw.data)
		assert_octets(&a->raw, b->raw.data, b->raw.len);
}

static void assert_pe(const struct rsp_pe_param *a,
		      const struct rsp_pe_param *b)
{
	assert_int_equal(a->pe_id, b->pe_id);
	assert_int_equal(a->home_id, b->home_id);
	assert_int_equal(a->life, b->life);
	assert_transport(&a->user, &b->user);
	assert_policy(&a->policy, &b->policy);
	assert_transport(&a->asap, &b->asap);
}

static void assert_scalars(const struct rsp_msg *a, const struct rsp_msg *b)
{
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->pe_id, b->pe_id);
	assert_int_equal(a->has_pe_id, b->has_pe_id);
	assert_int_equal(a->npe_ids, b->npe_ids);
	assert_int_equal(a->npes, b->npes);
	assert_int_equal(a->npools, b->npools);
	assert_int_equal(a->nservers, b->nservers);
	assert_int_equal(a->ntransports, b->ntransports);
	assert_int_equal(a->has_items, b->has_items);
	assert_int_equal(a->items, b->items);
	assert_int_equal(a->server_id, b->server_id);
	assert_int_equal(a->sender_id, b->sender_id);
	assert_int_equal(a->receiver_id, b->receiver_id);
	assert_int_equal(a->target_id, b->target_id);
	assert_int_equal(a->update, b->update);
	assert_int_equal(a->checksum, b->checksum);
	assert_int_equal(a->has_checksum, b->has_checksum);
	assert_int_equal(a->has_error, b->has_error);
}

static void assert_causes(const struct rsp_causes *a,
			  const struct rsp_causes *b)
{
	unsigned int i;

	assert_int_equal(a->count, b->count);
	assert_int_equal(a->dropped, b->dropped);
	for (i = 0; i < a->count; i++) {
		assert_int_equal(a->cause[i].code, b->cause[i].code);
		assert_octets(&a->cause[i].data, b->cause[i].data.data,
			      b->cause[i].data.len);
	}
}

static void assert_pools(const struct rsp_msg *msg, const struct vector *v)
{
	const struct rsp_pe_param *const *want;
	struct rsp_iter it = msg->body;
	struct rsp_iter plain = it;
	const struct pool *pool;
	struct rsp_octets handle;
	struct rsp_pe_param pe;

	for (pool = v->pool; pool->handle.data; pool++) {
		assert_true(rsp_next_pool(&it, &handle));
		assert_octets(&handle, pool->handle.data, pool->handle.len);
		for (want = pool->pe; *want; want++) {
			memset(&pe, 0xa5, sizeof(pe));
			assert_true(rsp_next_pe(&it, &pe));
			assert_pe(&pe, *want);
		}
		assert_false(rsp_next_pe(&it, &pe));
	}
	assert_false(rsp_next_pool(&it, &handle));
	/* the first pool can be had without asking for its handle */
	for (want = v->pool->pe; *want; want++) {
		assert_true(rsp_next_pe(&plain, &pe));
		assert_pe(&pe, *want);
	}
	assert_false(rsp_next_pe(&plain, &pe));
}

static void assert_lists(const struct rsp_msg *msg, const struct vector *v)
{
	const struct rsp_transport *const *want;
	const struct server *server;
	struct rsp_transport t;
	struct rsp_iter it;
	unsigned int i;
	__u32 id;

	it = msg->body;
	for (server = v->server; server->transport; server++) {
		assert_true(rsp_next_server(&it, &id, &t));
		assert_int_equal(id, server->id);
		assert_transport(&t, server->transport);
	}
	assert_false(rsp_next_server(&it, &id, &t));
	it = msg->body;
	for (want = v->transport; *want; want++) {
		assert_true(rsp_next_transport(&it, &t));
		assert_transport(&t, *want);
	}
	assert_false(rsp_next_transport(&it, &t));
	it = msg->body;
	for (i = 0; i < v->msg.npe_ids; i++) {
		assert_true(rsp_next_pe_id(&it, &id));
		assert_int_equal(id, v->pe_id[i]);
	}
	assert_false(rsp_next_pe_id(&it, &id));
}

/* @b is @v's message, or an equivalent of it with @ignored parameters more */
static void assert_means(const struct vector *v, const struct bytes *b,
			 unsigned int ignored)
{
	const struct parsed *p = parse(v->proto, b);

	assert_int_equal(p->err, 0);
	assert_int_equal(p->msg.ignored, ignored);
	assert_scalars(&p->msg, &v->msg);
	if (v->msg.npools)
		assert_octets(&p->msg.handle, v->pool->handle.data,
			      v->pool->handle.len);
	else
		assert_null(p->msg.handle.data);
	if (v->msg.cookie.data)
		assert_octets(&p->msg.cookie, v->msg.cookie.data,
			      v->msg.cookie.len);
	else
		assert_null(p->msg.cookie.data);
	assert_policy(&p->msg.policy, &v->msg.policy);
	assert_causes(&p->msg.causes, &v->msg.causes);
	assert_pools(&p->msg, v);
	assert_lists(&p->msg, v);
}

static void write_fixed(struct rsp_writer *w, const struct vector *v)
{
	if (v->proto == RSP_PROTO_ASAP) {
		if (v->msg.server_id)
			rsp_put_u32(w, v->msg.server_id);
		return;
	}
	rsp_put_u32(w, v->msg.sender_id);
	rsp_put_u32(w, v->msg.receiver_id);
	if (v->msg.target_id)
		rsp_put_u32(w, v->msg.target_id);
	if (v->msg.type == RSP_ENRP_HANDLE_UPDATE) {
		rsp_put_u16(w, v->msg.update);
		rsp_put_u16(w, 0);
	}
}

static void write_pools(struct rsp_writer *w, const struct vector *v)
{
	const struct rsp_pe_param *const *pe;
	const struct pool *pool;
	unsigned int i;

	for (pool = v->pool; pool->handle.data; pool++) {
		rsp_put_handle(w, pool->handle.data, pool->handle.len);
		for (i = 0; i < v->msg.npe_ids; i++)
			rsp_put_pe_id(w, v->pe_id[i]);
		if (v->msg.has_items)
			rsp_put_items(w, v->msg.items);
		if (v->msg.policy.type)
			rsp_put_policy(w, &v->msg.policy);
		for (pe = pool->pe; *pe; pe++)
			rsp_put_pe(w, *pe);
	}
}

static int write_vector(const struct vector *v, void *buf, size_t size)
{
	const struct rsp_transport *const *transport;
	const struct server *server;
	struct rsp_writer w;

	rsp_msg_begin(&w, buf, size, v->msg.type, v->msg.flags);
	write_fixed(&w, v);
	write_pools(&w, v);
	if (v->msg.has_checksum)
		rsp_put_pe_checksum(&w, v->msg.checksum);
	for (server = v->server; server->transport; server++)
		rsp_put_server_info(&w, server->id, server->transport);
	for (transport = v->transport; *transport; transport++)
		rsp_put_transport(&w, *transport);
	if (v->msg.cookie.data)
		rsp_put_cookie(&w, v->msg.cookie.data, v->msg.cookie.len);
	if (v->msg.has_error)
		rsp_put_error(&w, &v->msg.causes);
	return rsp_msg_end(&w);
}

/* Where the parameters of a message are, nested ones too */

#define PLACES_MAX	128
#define DEPTH_MAX	4

struct place {
	size_t at;		/* a TLV begins here */
	unsigned int depth;
	size_t within[DEPTH_MAX];	/* and these enclose it */
	bool cause;		/* an error cause, not a parameter */
};

static struct place places[PLACES_MAX];
static unsigned int nplaces;

static size_t fixed_part(unsigned int type)
{
	switch (type) {
	case RSP_PARAM_SCTP_TRANSPORT:
	case RSP_PARAM_TCP_TRANSPORT:
	case RSP_PARAM_UDP_TRANSPORT:
	case RSP_PARAM_UDPLITE_TRANSPORT:
	case RSP_PARAM_SERVER_INFO:
		return 8;
	case RSP_PARAM_DCCP_TRANSPORT:
		return 12;
	case RSP_PARAM_POOL_ELEMENT:
		return 16;
	case RSP_PARAM_OPERATION_ERROR:
		return 4;
	default:
		return 0;
	}
}

static void find_nested(const struct bytes *b, size_t at, size_t end,
			const struct place *outer, bool cause)
{
	size_t len, fixed;
	struct place *p;

	while (at < end) {
		len = get_u16(b, at + 2);
		assert_true(nplaces < PLACES_MAX);
		p = &places[nplaces++];
		*p = *outer;
		p->at = at;
		p->cause = cause;
		fixed = cause ? 0 : fixed_part(get_u16(b, at));
		if (fixed) {
			struct place here = *p;

			here.within[here.depth++] = at;
			find_nested(b, at + fixed, at + len, &here,
				    fixed == 4);
		}
		at += (len + 3) & ~3UL;
	}
}

static size_t body_start(const struct vector *v)
{
	if (v->proto == RSP_PROTO_ASAP)
		return v->msg.server_id ? 8 : 4;
	if (v->msg.target_id || v->msg.type == RSP_ENRP_HANDLE_UPDATE)
		return 16;
	return 12;
}

static void find_places(const struct vector *v, const struct bytes *b)
{
	const struct place top = { .depth = 0 };

	nplaces = 0;
	find_nested(b, body_start(v), get_u16(b, 2), &top, false);
}

/* WIRE-01 WIRE-02 WIRE-03 WIRE-10 WIRE-12 ERR-02, every message: octets in */
static void test_read(void **state)
{
	const struct parsed *p;
	struct rsp_msg msg;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		assert_int_equal(bytes.len % 4, 0);
		p = parse(current->proto, &bytes);
		assert_int_equal(p->err, 0);
		assert_int_equal(p->msg.flags, current->msg.flags);
		assert_int_equal(p->report.count, 0);
		assert_means(current, &bytes, 0);
		assert_int_equal(rsp_msg_parse(bytes.data, bytes.len,
					       current->proto, &msg, NULL), 0);
	}
}

/* WIRE-01 WIRE-02 WIRE-03 WIRE-05 WIRE-10 WIRE-12 ERR-02: and octets out */
static void test_write(void **state)
{
	int len;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		memset(other.data, 0xa5, sizeof(other.data));
		len = write_vector(current, other.data, sizeof(other.data));
		assert_int_equal(len, bytes.len);
		assert_memory_equal(other.data, bytes.data, len);
		assert_int_equal(other.data[len], 0xa5);
	}
}

/* What was read can be written unchanged; WIRE-26 WIRE-27 */
static void test_rewrite(void **state)
{
	const struct parsed *p;
	int len;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		p = parse(current->proto, &bytes);
		len = rewrite(current->proto, &p->msg, other.data,
			      sizeof(other.data));
		assert_int_equal(len, bytes.len);
		assert_memory_equal(other.data, bytes.data, len);
	}
}

/* WIRE-40: every buffer that is too small; of several causes some may fit */
static void test_write_no_room(void **state)
{
	const struct parsed *p;
	size_t size;
	__u8 *buf;
	int len;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		for (size = 0; size <= bytes.len; size++) {
			buf = malloc(size ? size : 1);
			assert_non_null(buf);
			len = write_vector(current, buf, size);
			if (len > 0) {
				memcpy(other.data, buf, len);
				other.len = len;
			}
			free(buf);
			if (size == bytes.len || current->msg.causes.count < 2)
				assert_int_equal(len, size == bytes.len ?
						 (int)size : -EMSGSIZE);
			if (len == -EMSGSIZE)
				continue;
			assert_true(len > 0);
			p = parse(current->proto, &other);
			assert_int_equal(p->err, 0);
		}
	}
}

/* WIRE-19: every truncation point; only padding may be missing */
static void test_truncated(void **state)
{
	const struct parsed *p;
	size_t claim;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		claim = get_u16(&bytes, 2);
		for (; bytes.len >= claim; bytes.len--)
			assert_means(current, &bytes, 0);
		for (; bytes.len; bytes.len--) {
			p = parse(current->proto, &bytes);
			assert_int_equal(p->err, -EBADMSG);
			if (is_error(current)) {
				assert_int_equal(p->report.count, 0);
				continue;
			}
			assert_int_equal(p->report.count, 1);
			assert_int_equal(p->report.cause[0].code,
					 RSP_CAUSE_INVALID_VALUES);
			assert_octets(&p->report.cause[0].data, bytes.data,
				      bytes.len);
		}
		p = parse(current->proto, &bytes);
		assert_int_equal(p->err, -EBADMSG);
		assert_int_equal(p->report.count, 0);
	}
}

/* WIRE-19: the same with a header that fits, so that the parameters do not */
static void test_truncated_inside(void **state)
{
	const struct parsed *p;
	unsigned int i;
	size_t len;
	bool border;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		find_places(current, &bytes);
		for (len = get_u16(&bytes, 2) - 1; len >= 4; len--) {
			bytes.len = len;
			fix_length(&bytes);
			p = parse(current->proto, &bytes);
			border = len == body_start(current);
			for (i = 0; i < nplaces; i++)
				if (!places[i].depth)
					border |= places[i].at == len ||
						  places[i].at +
						  get_u16(&bytes, places[i].at +
							  2) == len;
			if (!border)
				assert_int_equal(p->err, -EBADMSG);
		}
	}
}

static size_t place_end(const struct bytes *b, const struct place *place)
{
	size_t outer;

	if (!place->depth)
		return get_u16(b, 2);
	outer = place->within[place->depth - 1];
	return outer + get_u16(b, outer + 2);
}

/* WIRE-19: every length field of every parameter and cause, nested ones too */
static void test_bad_lengths(void **state)
{
	unsigned int i, len, claim, room;
	const struct parsed *p;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		find_places(current, &bytes);
		for (i = 0; i < nplaces; i++) {
			room = place_end(&bytes, &places[i]) - places[i].at;
			claim = get_u16(&bytes, places[i].at + 2);
			for (len = 0; len < 65536; len++) {
				if (len == 4)
					len = room + 1;
				set_u16(&bytes, places[i].at + 2, len);
				p = parse(current->proto, &bytes);
				assert_int_equal(p->err, -EBADMSG);
				if (len > room + 8)
					len |= 0xff;
			}
			set_u16(&bytes, places[i].at + 2, claim);
		}
		assert_means(current, &bytes, 0);
	}
}

/* WIRE-04 WIRE-11 WIRE-34: padding is not looked at */
static void test_padding(void **state)
{
	(void)state;
	for_each_vector() {
		load(current, &bytes, 0xff);
		assert_means(current, &bytes, 0);
	}
}

/* WIRE-02 WIRE-12: RSPLIB's Message Length takes in the last padding */
static void test_length_with_padding(void **state)
{
	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		fix_length(&bytes);
		assert_means(current, &bytes, 0);
	}
}

/* WIRE-05: spare flag bits, one by one and all */
static void test_flags(void **state)
{
	const struct parsed *p;
	unsigned int flags;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		for (flags = 0; flags < 256; flags++) {
			bytes.data[1] = flags;
			p = parse(current->proto, &bytes);
			assert_int_equal(p->msg.flags, flags);
			assert_means(current, &bytes, 0);
		}
	}
}

/* WIRE-36: one message, nothing behind it */
static void test_trailing(void **state)
{
	const struct parsed *p;
	unsigned int i;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		for (i = 0; i < 9; i++) {
			bytes.data[bytes.len++] = 0;
			p = parse(current->proto, &bytes);
			assert_int_equal(p->err, -EBADMSG);
			assert_int_equal(p->report.count, !is_error(current));
		}
	}
}

static void insert(const struct bytes *from, struct bytes *to,
		   const struct place *place, const __u8 *tlv, size_t len)
{
	unsigned int i;
	size_t at;

	memcpy(to->data, from->data, place->at);
	memcpy(to->data + place->at, tlv, len);
	memcpy(to->data + place->at + len, from->data + place->at,
	       from->len - place->at);
	to->len = from->len + len;
	set_u16(to, 2, get_u16(from, 2) + len);
	for (i = 0; i < place->depth; i++) {
		at = place->within[i];
		set_u16(to, at + 2, get_u16(from, at + 2) + len);
	}
}

static void check_unknown(const struct place *place, __u16 type)
{
	__u8 tlv[8] = { type >> 8, type & 0xff, 0, 7, 1, 2, 3 };
	bool report = type & 0x4000 && !is_error(current);
	const struct parsed *p;

	insert(&bytes, &other, place, tlv, sizeof(tlv));
	p = parse(current->proto, &other);
	if (type & 0x8000) {
		assert_int_equal(p->report.count, report);
		assert_means(current, &other, 0);
	} else {
		assert_int_equal(p->err, -EPROTO);
	}
	assert_int_equal(p->report.count, report);
	assert_int_equal(p->report.dropped, 0);
	if (!report)
		return;
	assert_int_equal(p->report.cause[0].code, RSP_CAUSE_UNKNOWN_PARAM);
	assert_octets(&p->report.cause[0].data, tlv, 7);
}

/* WIRE-13 WIRE-14 WIRE-15 WIRE-16 WIRE-18 WIRE-20 ERR-04: everywhere */
static void test_unknown_params(void **state)
{
	static const __u16 types[] = {
		0x0000, 0x0011, 0x003f, 0x3fff, 0x4000, 0x4009, 0x403f, 0x7fff,
		0x8000, 0x8009, 0x803e, 0xbfff, 0xc000, 0xc009, 0xc03f, 0xffff,
	};
	struct place end = { .depth = 0 };
	unsigned int i, t;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		find_places(current, &bytes);
		for (t = 0; t < ARRAY_SIZE(types); t++) {
			for (i = 0; i < nplaces; i++)
				if (!places[i].cause)
					check_unknown(&places[i], types[t]);
		}
		fix_length(&bytes);
		end.at = bytes.len;
		for (t = 0; t < ARRAY_SIZE(types); t++)
			check_unknown(&end, types[t]);
	}
}

/* WIRE-39: known parameters of no use in this message, at its end */
static void test_stray_params(void **state)
{
	static const char *const strays[] = { X_IPV4_1, X_UDP, X_DCCP };
	const struct parsed *p;
	unsigned int i;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		for (i = 0; i < ARRAY_SIZE(strays); i++) {
			add_hex(&bytes, strays[i]);
			fix_length(&bytes);
			assert_means(current, &bytes, i + 1);
			p = parse(current->proto, &bytes);
			assert_int_equal(p->report.count, 0);
		}
	}
}

/* ASAP-REG-04 ...: what a message cannot do without */
static void test_missing_params(void **state)
{
	const struct parsed *p;
	unsigned int i, n;
	size_t at, end;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		fix_length(&bytes);
		find_places(current, &bytes);
		for (i = 0, n = 0; n < current->required; i++) {
			if (places[i].depth)
				continue;
			n++;
			at = places[i].at;
			end = at + ((get_u16(&bytes, at + 2) + 3) & ~3U);
			other = bytes;
			memmove(other.data + at, bytes.data + end,
				bytes.len - end);
			other.len -= end - at;
			fix_length(&other);
			p = parse(current->proto, &other);
			assert_int_equal(p->err, -EBADMSG);
			if (!is_error(current))
				assert_int_equal(p->report.cause[0].code,
						 RSP_CAUSE_INVALID_VALUES);
		}
		/* ... and the fixed fields */
		bytes.len = body_start(current) - 1;
		fix_length(&bytes);
		p = parse(current->proto, &bytes);
		assert_int_equal(p->err, -EBADMSG);
	}
}

/* WIRE-38: cutting a stream */
static void test_stream(void **state)
{
	size_t i;

	(void)state;
	for_each_vector() {
		load(current, &bytes, 0);
		for (i = 0; i < 4; i++)
			assert_int_equal(rsp_msg_stream_len(bytes.data, i), 0);
		for (; i <= bytes.len; i++)
			assert_int_equal(rsp_msg_stream_len(bytes.data, i),
					 bytes.len);
	}
	assert_int_equal(rsp_msg_stream_len("\x05\0\0\x03", 4), -EBADMSG);
	assert_int_equal(rsp_msg_stream_len("\x05\0\0\0", 4), -EBADMSG);
	assert_int_equal(rsp_msg_stream_len("\x05\0\0\x04", 4), 4);
	assert_int_equal(rsp_msg_stream_len("\x05\0\xff\xff", 4),
			 RSP_MSG_SPACE);
}

static int write_corpus(const char *directory)
{
	const char *proto;
	char path[4096];
	FILE *f;

	for_each_vector() {
		proto = current->proto == RSP_PROTO_ASAP ? "asap" : "enrp";
		load(current, &bytes, 0);
		snprintf(path, sizeof(path), "%s/%s/%s", directory, proto,
			 current->name);
		f = fopen(path, "wb");
		if (!f || fwrite(bytes.data, bytes.len, 1, f) != 1 ||
		    fclose(f)) {
			perror(path);
			return 1;
		}
	}
	return 0;
}

#define VECTOR_TEST(f)	cmocka_unit_test_teardown(f, name_vector)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		VECTOR_TEST(test_read),
		VECTOR_TEST(test_write),
		VECTOR_TEST(test_rewrite),
		VECTOR_TEST(test_write_no_room),
		VECTOR_TEST(test_truncated),
		VECTOR_TEST(test_truncated_inside),
		VECTOR_TEST(test_bad_lengths),
		VECTOR_TEST(test_padding),
		VECTOR_TEST(test_length_with_padding),
		VECTOR_TEST(test_flags),
		VECTOR_TEST(test_trailing),
		VECTOR_TEST(test_unknown_params),
		VECTOR_TEST(test_stray_params),
		VECTOR_TEST(test_missing_params),
		VECTOR_TEST(test_stream),
	};

	if (argc > 1)
		return write_corpus(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
