// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_CONFIG_KUBERNETES_INTERNAL_H
#define HARDEN_READ_CONFIG_KUBERNETES_INTERNAL_H

#include "read/config/config_internal.h"

struct kubernetes_pod {
    struct config_reader *reader;
    str kind, name; /* of the object that holds it */
    const struct yaml_node *spec, *metadata;
    bool runs_once;
};

/* What the pod says for all its containers. */
void kubernetes_pod_fields(struct kubernetes_pod *pod, struct workload *workload);
/* What the container says itself, which beats the pod's word. */
void kubernetes_container_fields(struct kubernetes_pod *pod, const struct yaml_node *container,
                                 struct workload *workload);
/* What the pod has under `volumes` and none of its containers mounts. */
void kubernetes_idle_volumes(struct kubernetes_pod *pod, struct workload *workload);
/* "500m", "128Mi", "1e3": apimachinery's resource.Quantity. */
bool kubernetes_quantity(str text, double *ret);

#endif
