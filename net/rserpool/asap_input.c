// SPDX-License-Identifier: GPL-2.0-only
/*
 * ASAP messages that come in from registrars.
 *
 * Nothing is believed before the codec has found the whole message valid.
 * What is wrong with one is counted, and reported to its sender where RFC 5354
 * section 4 says so: at a bounded rate, and never in answer to an ASAP_ERROR.
 *
 * All but rsp_asap_receive() runs in the namespace's work.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "asap.h"

struct rsp_rx {
	struct list_head node;		/* asap->rx */
	struct rsp_registrar *from;	/* a reference */
	u32 number;
	u32 len;
	u8 data[];
};

bool rsp_handle_read(struct rsp_handle *handle, const struct rsp_octets *from)
{
	if (!from->data || !from->len || from->len > RSP_HANDLE_MAX)
		return false;
	memset(handle, 0, sizeof(*handle));
	handle->len = from->len;
	memcpy(handle->octets, from->data, from->len);
	return true;
}

int rsp_cause_errno(u32 cause)
{
	switch (cause) {
	case RSP_CAUSE_NON_UNIQUE_PE_ID:
		return -EADDRINUSE;
	case RSP_CAUSE_INCONSISTENT_POLICY:
		return -ENOTUNIQ;
	case RSP_CAUSE_LACK_OF_RESOURCES:
		return -ENOBUFS;
	case RSP_CAUSE_INCONSISTENT_TRANSPORT:
	case RSP_CAUSE_INCONSISTENT_CONTROL:
		return -EPROTOTYPE;
	case RSP_CAUSE_UNKNOWN_POOL_HANDLE:
		return -ENOENT;
	case RSP_CAUSE_SECURITY:
		return -EACCES;
	default:
		return -EPROTO;
	}
}

/* ---- what each message means ----------------------------------------- */

/* Not asked for, or not of this one. */
static void rsp_input_unexpected(struct rsp_asap *asap,
				 struct rsp_registrar *from)
{
	RSP_INC(asap->rn, ASAP_RX_UNEXPECTED);
	rsp_guest_bad(asap, from);
}

static void rsp_input_registration(struct rsp_asap *asap,
				   struct rsp_registrar *from,
				   const struct rsp_msg *msg, u32 number)
{
	struct rsp_request *req;

	req = rsp_request_match(asap, RSP_ASAP_REGISTRATION, msg, number);
	if (req && from == asap->home)
		rsp_request_done(asap, req, msg, 0);
	else
		rsp_input_unexpected(asap, from);
}

/* Unasked, it says that the registration has expired (REG-28). */
static void rsp_input_deregistration(struct rsp_asap *asap,
				     struct rsp_registrar *from,
				     const struct rsp_msg *msg, u32 number)
{
	struct rsp_request *req;

	req = rsp_request_match(asap, RSP_ASAP_DEREGISTRATION, msg, number);
	if (from != asap->home)
		rsp_input_unexpected(asap, from);
	else if (req)
		rsp_request_done(asap, req, msg, 0);
	else if (!rsp_pe_expired(asap, msg))
		RSP_INC(asap->rn, ASAP_RX_UNEXPECTED);
}

/* Unasked, it tells of a change to a subscribed pool (RES-20). */
static void rsp_input_resolution(struct rsp_asap *asap,
				 struct rsp_registrar *from,
				 const struct rsp_msg *msg, u32 number)
{
	struct rsp_request *req;
	int err;

	req = rsp_request_match(asap, RSP_ASAP_HANDLE_RESOLUTION, msg, number);
	if (from != asap->home ||
	    (!req && (number || !rsp_sub_push(asap, msg)))) {
		rsp_input_unexpected(asap, from);
		return;
	}
	if (!req)
		return;
	if (msg->has_error)
		RSP_INC(asap->rn, RESOLUTION_NEGATIVE);
	else
		RSP_INC(asap->rn, RESOLUTION_OK);
	err = rsp_pool_store(asap->rn, msg, rsp_sub_answer(req, msg));
	rsp_request_done(asap, req, msg, err);
}

static void rsp_input_error(struct rsp_asap *asap, struct rsp_registrar *from,
			    const struct rsp_msg *msg, u32 number)
{
	RSP_INC(asap->rn, ASAP_ERROR_RX);
	rsp_guest_bad(asap, from);
}

typedef void (*rsp_input_fn)(struct rsp_asap *asap, struct rsp_registrar *from,
			     const struct rsp_msg *msg, u32 number);

/* RFC 5352 section 4; what is not here is for registrars, or for sessions. */
static const rsp_input_fn rsp_input_table[] = {
	[RSP_ASAP_REGISTRATION_RESPONSE]	= rsp_input_registration,
	[RSP_ASAP_DEREGISTRATION_RESPONSE]	= rsp_input_deregistration,
	[RSP_ASAP_HANDLE_RESOLUTION_RESPONSE]	= rsp_input_resolution,
	[RSP_ASAP_ENDPOINT_KEEP_ALIVE]		= rsp_pe_keep_alive,
	[RSP_ASAP_ERROR]			= rsp_input_error,
};

/* ---- one message ----------------------------------------------------- */

/* A report that would be too long for a message is not sent. */
static void rsp_input_report(struct rsp_asap *asap, struct rsp_registrar *from,
			     const struct rsp_causes *causes, u32 number)
{
	size_t size = 256;
	struct rsp_writer w;
	unsigned int i;
	void *buf;
	int len;

	for (i = 0; i < causes->count; i++)
		size += causes->cause[i].data.len + 8;
	if (!rsp_bucket_take(&asap->errors_rate, RSP_ASAP_ERRORS_MAX))
		return;
	buf = kvmalloc(size, GFP_KERNEL);
	if (!buf)
		return;
	rsp_msg_begin(&w, buf, size, RSP_ASAP_ERROR, 0);
	rsp_put_error(&w, causes);
	len = rsp_msg_end(&w);
	if (len > 0 && !rsp_asap_send(asap, from, buf, len, number))
		RSP_INC(asap->rn, ASAP_ERROR_TX);
	kvfree(buf);
}

void rsp_asap_input(struct rsp_asap *asap, struct rsp_registrar *from,
		    const void *data, size_t len, u32 number)
{
	bool is_error = len && *(const u8 *)data == RSP_ASAP_ERROR;
	struct rsp_causes report;
	struct rsp_msg msg;
	int err;

	if (!rsp_guest_message(asap, from)) {
		RSP_INC(asap->rn, ASAP_RX_DROPPED);
		return;
	}
	from->rx++;
	RSP_INC(asap->rn, ASAP_RX);
	err = rsp_msg_parse(data, len, RSP_PROTO_ASAP, &msg, &report);
	if (report.count && !is_error)
		rsp_input_report(asap, from, &report, number);
	if (!err && msg.type < ARRAY_SIZE(rsp_input_table) &&
	    rsp_input_table[msg.type]) {
		rsp_input_table[msg.type](asap, from, &msg, number);
		return;
	}
	if (err == -ENOMSG)
		RSP_INC(asap->rn, ASAP_RX_UNKNOWN);
	else if (err)
		RSP_INC(asap->rn, ASAP_RX_MALFORMED);
	else
		RSP_INC(asap->rn, ASAP_RX_UNEXPECTED);
	rsp_guest_bad(asap, from);
}

/* ---- the queue ------------------------------------------------------- */

void rsp_asap_receive(struct rsp_net *rn, struct rsp_registrar *from,
		      const void *data, size_t len, u32 request)
{
	struct rsp_asap *asap = rn->asap;
	struct rsp_rx *rx;
	bool room;

	rx = kvmalloc(struct_size(rx, data, len), GFP_KERNEL_ACCOUNT);
	if (!rx) {
		RSP_INC(rn, ASAP_RX_DROPPED);
		return;
	}
	rx->from = from;
	rx->number = request;
	rx->len = len;
	memcpy(rx->data, data, len);

	spin_lock(&asap->lock);
	room = asap->nrx < RSP_ASAP_RX_MAX &&
	       asap->rx_octets + len <= RSP_ASAP_RX_OCTETS_MAX;
	if (room) {
		rsp_registrar_get(from);
		list_add_tail(&rx->node, &asap->rx);
		asap->nrx++;
		asap->rx_octets += len;
	}
	spin_unlock(&asap->lock);

	if (room) {
		rsp_asap_kick(asap);
	} else {
		kvfree(rx);
		RSP_INC(rn, ASAP_RX_DROPPED);
	}
}

static struct rsp_rx *rsp_input_next(struct rsp_asap *asap)
{
	struct rsp_rx *rx;

	spin_lock(&asap->lock);
	rx = list_first_entry_or_null(&asap->rx, struct rsp_rx, node);
	if (rx) {
		list_del(&rx->node);
		asap->nrx--;
		asap->rx_octets -= rx->len;
	}
	spin_unlock(&asap->lock);
	return rx;
}

static void rsp_input_free(struct rsp_rx *rx)
{
	rsp_registrar_put(rx->from);
	kvfree(rx);
}

bool rsp_input_run(struct rsp_asap *asap)
{
	unsigned int budget = RSP_ASAP_BUDGET;
	struct rsp_rx *rx;

	while (budget--) {
		rx = rsp_input_next(asap);
		if (!rx)
			return false;
		rsp_race(asap_input);
		if (READ_ONCE(rx->from->gone))
			RSP_INC(asap->rn, ASAP_RX_DROPPED);
		else
			rsp_asap_input(asap, rx->from, rx->data, rx->len,
				       rx->number);
		rsp_input_free(rx);
	}
	return true;
}

void rsp_input_exit(struct rsp_asap *asap)
{
	struct rsp_rx *rx;

	while ((rx = rsp_input_next(asap)))
		rsp_input_free(rx);
}
