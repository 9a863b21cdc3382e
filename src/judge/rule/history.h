// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_JUDGE_RULE_HISTORY_H
#define HARDEN_JUDGE_RULE_HISTORY_H

#include "judge/rule/rule.h"
#include "model/image_view.h"

/* What of an image is its base's. */

/* The longest of the trusted bases whose layers are this image's first ones; NULL: none. */
const struct trusted_base *rule_known_base(const struct rule_settings *settings,
                                           const struct image_view *view);
/* How many steps of the history are the base's: those of a known base, else what the history makes
 * likely; 0 where nothing tells. */
size_t rule_base_steps(const struct rule_settings *settings, const struct image_view *view);

#endif
