// SPDX-License-Identifier: Apache-2.0
#include "model/cvss.h"

#include <math.h>

enum metric { AV, AC, PR, UI, SCOPE, C, I, A, METRICS };
static const str names[METRICS] = {STR_INIT("AV"), STR_INIT("AC"), STR_INIT("PR"), STR_INIT("UI"),
                                   STR_INIT("S"),  STR_INIT("C"),  STR_INIT("I"),  STR_INIT("A")};

/* A value of a metric, and its weight. Privileges weigh more where the scope changes. */
static const struct weight {
    enum metric metric;
    char value;
    double weight, changed;
} weights[] = {
    {AV, 'N', 0.85, 0.85}, {AV, 'A', 0.62, 0.62}, {AV, 'L', 0.55, 0.55}, {AV, 'P', 0.2, 0.2},
    {AC, 'L', 0.77, 0.77}, {AC, 'H', 0.44, 0.44}, {PR, 'N', 0.85, 0.85}, {PR, 'L', 0.62, 0.68},
    {PR, 'H', 0.27, 0.5},  {UI, 'N', 0.85, 0.85}, {UI, 'R', 0.62, 0.62}, {SCOPE, 'U', 0, 0},
    {SCOPE, 'C', 1, 1},    {C, 'H', 0.56, 0.56},  {C, 'L', 0.22, 0.22},  {C, 'N', 0, 0},
    {I, 'H', 0.56, 0.56},  {I, 'L', 0.22, 0.22},  {I, 'N', 0, 0},        {A, 'H', 0.56, 0.56},
    {A, 'L', 0.22, 0.22},  {A, 'N', 0, 0},
};

static const struct weight *weight_of(enum metric metric, str value)
{
    for (size_t i = 0; i < sizeof(weights) / sizeof(*weights); i++)
        if (weights[i].metric == metric && value.len == 1 && weights[i].value == value.ptr[0])
            return &weights[i];
    return NULL;
}

static bool take(str word, const struct weight *found[METRICS])
{
    str name, value;
    str_cut(word, ':', &name, &value);
    for (enum metric metric = 0; metric < METRICS; metric++) {
        if (!str_eq(names[metric], name))
            continue;
        bool twice = found[metric] != NULL;
        found[metric] = weight_of(metric, value);
        return found[metric] && !twice;
    }
    return true;
}

/* To the next tenth, with what floating point loses taken away (appendix A). */
static double round_up(double value)
{
    long long units = llround(value * 100000);
    return units % 10000 == 0 ? (double)units / 100000 : (double)(units / 10000 + 1) / 10;
}

bool cvss_base_score(str vector, double *ret_score)
{
    const struct weight *found[METRICS] = {0};
    str word;
    if (!str_skip(&vector, STR("CVSS:3.1/")) && !str_skip(&vector, STR("CVSS:3.0/")))
        return false;
    while (str_next(&vector, '/', &word))
        if (!take(word, found))
            return false;
    for (enum metric metric = 0; metric < METRICS; metric++)
        if (!found[metric])
            return false;
    bool changed = found[SCOPE]->value == 'C';
    double lost = (1 - found[C]->weight) * (1 - found[I]->weight) * (1 - found[A]->weight);
    double base = 1 - lost;
    double impact = changed ? 7.52 * (base - 0.029) - 3.25 * pow(base - 0.02, 15) : 6.42 * base;
    double privileges = changed ? found[PR]->changed : found[PR]->weight;
    double ease = 8.22 * found[AV]->weight * found[AC]->weight * privileges * found[UI]->weight;
    double sum = (impact + ease) * (changed ? 1.08 : 1);
    *ret_score = impact <= 0 ? 0 : round_up(sum < 10 ? sum : 10);
    return true;
}
