// SPDX-License-Identifier: Apache-2.0
#include "app/lint/lint.h"

int lint_target(const struct invocation *invocation, const char *target,
                const struct texts_settings *settings, const struct policy *policy,
                struct report *ret, struct err *err)
{
    struct texts texts;
    const char *const operands[] = {target, NULL};
    int code = texts_begin(&texts, invocation->arena, settings, err);
    if (code == 0)
        code = texts_configure(&texts, err);
    if (code == 0)
        code = texts_find(&texts, operands, 1, err);
    if (code == 0) {
        /* Thresholds are the command's; what is ignored is also hadolint's file's to say. */
        texts.policy.fail_on = policy->fail_on;
        texts.policy.fail_on_none = policy->fail_on_none;
        texts.policy.allow_gaps = policy->allow_gaps;
        texts.policy.tell_waivers = true;
        *ret = (struct report){.image = {.name = str_from(target)}};
        texts_judge_all(&texts, NULL, ret);
        policy_apply(invocation->arena, &texts.policy, ret);
        report_sort(invocation->arena, ret);
        ret->findings.items = arena_copy(invocation->arena, ret->findings.items,
                                         ret->findings.count * sizeof(*ret->findings.items));
        ret->findings.capacity = ret->findings.count;
        code = policy_exit_code(&texts.policy, ret);
    }
    texts_end(&texts);
    return code;
}
