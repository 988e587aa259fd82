/* SPDX-License-Identifier: GPL-2.0-only */
/* home.c: which registrar does a pool element belong to. */
#ifndef RSPD_HOME_H
#define RSPD_HOME_H

#include "registrar.h"

/**
 * home_claimed() - a registrar says that a pool element is its own
 * @r: registrar
 * @by: who says so
 * @handle: pool handle
 * @param: all about the element
 * @proved: the element itself has just said so
 * Return: the element, NULL: there was no room, or it does not fit to its pool.
 */
struct hs_pe *home_claimed(struct registrar *r, struct enrp_peer *by,
			   struct rsp_octets handle,
			   struct rsp_pe_param *param, bool proved);

/* A registrar says that one of its elements is no more. */
void home_dropped(struct registrar *r, struct enrp_peer *by,
		  struct rsp_octets handle, uint32_t pe_id);

/**
 * home_adopt() - the element is ours from now on, and has to be told
 * @r: registrar
 * @pe: pool element
 * @within: milliseconds in which this is done, when there are many
 */
void home_adopt(struct registrar *r, struct hs_pe *pe, uint32_t within);

/* The element belongs to that peer from now on. */
void home_concede(struct registrar *r, struct hs_pe *pe, struct enrp_peer *to);

/*
 * A peer that shall be offered @pe, since it has far fewer elements than we; or
 * NULL.  home_suggested(): its home has offered it to us (UPD-12).
 */
const struct enrp_peer *home_better(struct registrar *r, const struct hs_pe *pe);
void home_suggested(struct registrar *r, struct hs_pe *pe);

/*
 * A keep-alive has not reached @pe, or was not answered: ours is removed, and
 * given back if somebody else said it were his; of another's he is told,
 * unless it was offered.
 */
void home_silent(struct registrar *r, struct hs_pe *pe, const char *why);

/* @pe has answered a keep-alive.  Return: is it one of ours? */
bool home_alive(struct registrar *r, struct hs_pe *pe);

/* Remove @pe, whosever it is, and tell our own subscribers only. */
void home_forget(struct registrar *r, struct hs_pe *pe);

#endif /* RSPD_HOME_H */
