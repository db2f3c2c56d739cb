#!/usr/bin/env python3
"""Writes SchemaTable.swift: the structure of every built-in type and resource in one compact text.

usage: generate-schema-table.py OPENAPI_FOLDER DISCOVERY_JSON > SchemaTable.swift

OPENAPI_FOLDER holds schemas.json (structure of types), protobuf.json (wire numbers);
DISCOVERY_JSON the recorded replies of /api/v1 and /apis/GROUP/VERSION.

Lines of the table:
  T<type> TAB <group/version/kind or -> TAB <flags> then per field, in the order of the wire:
    TAB <name> <number(/number of the inlined part)> <type> <options…>
  types: s string, b bool, i int32, l int64, d double, y bytes, t time, u microtime, q quantity,
    x int-or-string, o any object, j any value, [T list, {T map, @NAME type
  options: + written when zero; * a pointer written as null; ! required; =JSON default; 0 left out when zero; #a,b enum; ~atomic ~set ~map:k,k
    ~granular; ^strategy:mergekey
  R<group/version> TAB <resource> TAB <singular> TAB <N|C> TAB <kind> TAB <verbs> TAB <short>
    TAB <categories> TAB <storage hash> TAB <group/version of the kind where it differs>
"""
import json
import os
import sys

PREFIXES = [
    ("io.k8s.api.", ""),
    ("io.k8s.apimachinery.pkg.apis.", ""),
    ("io.k8s.apimachinery.pkg.", ""),
    ("io.k8s.apiextensions-apiserver.pkg.apis.", ""),
    ("io.k8s.kube-aggregator.pkg.apis.", ""),
]
SCALARS = {
    "api.resource.Quantity": "q",
    "meta.v1.Time": "t",
    "meta.v1.MicroTime": "u",
    "util.intstr.IntOrString": "x",
    "runtime.RawExtension": "o",
    "meta.v1.FieldsV1": "o",
    "meta.v1.Patch": "o",
    "apiextensions.v1.JSON": "j",
    "apiextensions.v1.JSONSchemaPropsOrArray": "j",
    "apiextensions.v1.JSONSchemaPropsOrBool": "j",
    "apiextensions.v1.JSONSchemaPropsOrStringArray": "j",
}
# Go fields with omitempty that are no pointers: a zero is left out of the JSON form.
ZERO = set("""
minReadySeconds paused partition readOnly stdin stdinOnce tty hostPort sizeBytes signal
chapAuthDiscovery chapAuthSession unschedulable sslEnabled hostIPC hostNetwork hostPID
failureThreshold initialDelaySeconds periodSeconds successThreshold nodePort healthCheckNodePort
publishNotReadyAddresses deprecatedCount clusterScope globalDefault
preserveUnknownFields deprecated exclusiveMaximum exclusiveMinimum nullable uniqueItems
x-kubernetes-embedded-resource x-kubernetes-int-or-string generation code retryAfterSeconds
insecureSkipTLSVerify authenticated denied
""".split())
ZERO_OF = {
    "Probe": ["timeoutSeconds"],
    "ServiceBackendPort": ["number"],
    "Event": ["count"],
    "EventSeries": ["count"],
    "ExactDeviceRequest": ["count"],
    "DeviceSubRequest": ["count"],
    "CustomResourceColumnDefinition": ["priority"],
    "JobStatus": ["active", "failed", "succeeded"],
    "Condition": ["observedGeneration"],
    "PodCondition": ["observedGeneration"],
}
NOT_ZERO = {
    "CSIVolumeSource": ["readOnly"],
    "RollingUpdateStatefulSetStrategy": ["partition"],
    "HorizontalPodAutoscalerStatus": ["observedGeneration"],
}
POINTER_IN_STATUS = [
    "collisionCount", "terminatingReplicas", "ready", "terminating", "averageUtilization",
    "currentCPUUtilizationPercentage",
]
# The one of a name of POINTER_STRINGS that is no pointer.
NO_POINTERS = {("PersistentVolumeSpec", "storageClassName")}
# Strings that are pointers: an empty one is kept.
POINTER_STRINGS = set("""
storageClassName ingressClassName runtimeClassName volumeAttributesClassName
appProtocol dataSourceRef hostnameOverride
""".split())
POINTERS_OF = {
    "LeaseSpec": ["holderIdentity", "strategy", "preferredHolder"],
    "PersistentVolumeClaimSpec": ["volumeMode"],
    "PersistentVolumeSpec": ["volumeMode"],
    "PersistentVolumeClaimStatus": ["currentVolumeAttributesClassName"],
    "GlusterfsPersistentVolumeSource": ["endpointsNamespace"],
    "HostPathVolumeSource": ["type"],
    "LocalVolumeSource": ["fsType"],
    "ClusterTrustBundleProjection": ["name", "signerName"],
    "Lifecycle": ["stopSignal"],
    "ContainerStatus": ["stopSignal"],
    "ResourceHealth": ["message"],
    "VolumeMountStatus": ["recursiveReadOnly"],
    "PodResourceClaimStatus": ["resourceClaimName"],
    "PodSchedulingGroup": ["podGroupName"],
    "LoadBalancerIngress": ["ipMode"],
    "EndpointAddress": ["nodeName"],
    "PortStatus": ["error"],
    "IngressPortStatus": ["error"],
    "ResourceSliceSpec": ["nodeName"],
    "Device": ["nodeName"],
    "NodeAllocatableResourceMapping": ["capacityKey"],
    "DeviceConstraint": ["matchAttribute", "distinctAttribute"],
    "DeviceClassSpec": ["extendedResourceName"],
    "AllocatedDeviceStatus": ["shareID"],
    "CSIDriverSpec": ["fsGroupPolicy"],
    "JobStatus": ["failedIndexes"],
    "ValidatingAdmissionPolicySpec": ["failurePolicy"],
    "MutatingAdmissionPolicySpec": ["failurePolicy"],
    "ParamRef": ["parameterNotFoundAction"],
    "MatchResources": ["matchPolicy"],
    "ValidatingWebhook": ["failurePolicy", "matchPolicy", "sideEffects"],
    "MutatingWebhook": ["failurePolicy", "matchPolicy", "sideEffects", "reinvocationPolicy"],
    "ServiceReference": ["path"],
    "PodSpec": ["preemptionPolicy"],
    "PriorityClass": ["preemptionPolicy"],
    "Endpoint": ["hostname", "nodeName", "zone"],
    "StorageClass": ["reclaimPolicy", "volumeBindingMode"],
    "CronJobSpec": ["timeZone"],
    "JobSpec": ["completionMode", "podReplacementPolicy", "managedBy"],
    "SuccessPolicyRule": ["succeededIndexes"],
    "PodFailurePolicyOnExitCodesRequirement": ["containerName"],
    "ServiceSpec": [
        "ipFamilyPolicy", "loadBalancerClass", "internalTrafficPolicy", "trafficDistribution"],
    "TypedLocalObjectReference": ["apiGroup"],
    "TypedObjectReference": ["apiGroup", "namespace"],
    "IngressClassParametersReference": ["apiGroup", "scope", "namespace"],
    "HTTPIngressPath": ["pathType"],
    "NetworkPolicyPort": ["protocol"],
    "Container": ["restartPolicy"],
    "EphemeralContainer": ["restartPolicy"],
    "VolumeMount": ["mountPropagation", "recursiveReadOnly"],
    "SecurityContext": ["procMount"],
    "SeccompProfile": ["localhostProfile"],
    "AppArmorProfile": ["localhostProfile"],
    "PodSecurityContext": [
        "supplementalGroupsPolicy", "fsGroupChangePolicy", "seLinuxChangePolicy"],
    "WindowsSecurityContextOptions": [
        "gmsaCredentialSpecName", "gmsaCredentialSpec", "runAsUserName"],
    "PodDNSConfigOption": ["value"],
    "TopologySpreadConstraint": ["nodeAffinityPolicy", "nodeTaintsPolicy"],
    "PodResourceClaim": ["resourceClaimName", "resourceClaimTemplateName"],
    "CSIVolumeSource": ["fsType"],
    "ISCSIVolumeSource": ["initiatorName"],
    "ISCSIPersistentVolumeSource": ["initiatorName"],
    "AzureFilePersistentVolumeSource": ["secretNamespace"],
    "PodDisruptionBudgetSpec": ["unhealthyPodEvictionPolicy"],
    "HPAScalingRules": ["selectPolicy"],
    "VolumeAttachmentSource": ["persistentVolumeName"],
    "DeviceAttribute": ["string", "version"],
    "DeleteOptions": ["propagationPolicy"],
    "Preconditions": ["uid", "resourceVersion"],
    "CustomResourceDefinitionVersion": ["deprecationWarning"],
    "CustomResourceSubresourceScale": ["labelSelectorPath"],
    "WebhookClientConfig": ["url"],
}


# Fields without omitempty though optional: zeros are written, and empty lists as null.
WRITTEN = {
    "apps.v1.StatefulSetOrdinals": ["start"],
    "apps.v1.StatefulSetSpec": ["serviceName"],
    "apps.v1.StatefulSetStatus": ["availableReplicas"],
    "authentication.v1.TokenRequestSpec": ["audiences"],
    "authentication.v1.TokenRequestStatus": ["token"],
    "autoscaling.v2.HorizontalPodAutoscalerStatus": ["currentMetrics"],
    "core.v1.ContainerImage": ["names"],
    "core.v1.Event": ["reportingComponent", "reportingInstance"],
    "core.v1.LimitRangeSpec": ["limits"],
    "core.v1.NodeRuntimeHandler": ["name"],
    "core.v1.ProjectedVolumeSource": ["sources"],
    "discovery.v1.EndpointSlice": ["endpoints", "ports"],
    "flowcontrol.v1.FlowSchemaSpec": ["matchingPrecedence"],
    "flowcontrol.v1.QueuingConfiguration": ["handSize", "queueLengthLimit", "queues"],
    "policy.v1.PodDisruptionBudgetStatus": ["currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"],
    "rbac.v1.ClusterRole": ["rules"],
    "rbac.v1.Role": ["rules"],
    "rbac.v1.RoleRef": ["apiGroup"],
    "resource.v1.AllocatedDeviceStatus": ["conditions"],
    "resource.v1.DeviceClaim": ["requests"],
    "scheduling.v1.PriorityClass": ["value"],
    "storage.v1.CSINodeDriver": ["topologyKeys"],
    "storage.v1.CSINodeSpec": ["drivers"],
}
# Pointers without omitempty: written as null.
WRITTEN_POINTERS = {
    "authentication.v1.TokenRequestSpec": ["expirationSeconds", "boundObjectRef"],
    "core.v1.AzureFilePersistentVolumeSource": ["secretNamespace"],
    "core.v1.ScaleIOPersistentVolumeSource": ["secretRef"],
    "core.v1.ScaleIOVolumeSource": ["secretRef"],
    "core.v1.TypedLocalObjectReference": ["apiGroup"],
    "core.v1.TypedObjectReference": ["apiGroup"],
    "networking.v1.IngressClassParametersReference": ["scope"],
    "resource.v1.CapacityRequestPolicy": ["default"],
}
# Lists and maps with omitempty though required.
# Lists that are filled when absent and refused when empty: an empty one has to be seen.
SEEN_LISTS = {("autoscaling.v2.HPAScalingRules", "policies")}
OMITTED_LISTS = {
    ("admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec", "validationActions"),
    ("resource.v1.CounterSet", "counters"), ("resource.v1.DeviceCounterConsumption", "counters")}


def short(name):
    for prefix, to in PREFIXES:
        if name.startswith(prefix):
            return to + name[len(prefix):]
    return name


def message_name(name):
    """The protobuf message of an OpenAPI type."""
    for front, back in (("io.k8s.api.", "k8s.io.api."),
                        ("io.k8s.apimachinery.", "k8s.io.apimachinery."),
                        ("io.k8s.apiextensions-apiserver.", "k8s.io.apiextensions_apiserver."),
                        ("io.k8s.kube-aggregator.", "k8s.io.kube_aggregator.")):
        if name.startswith(front):
            return back + name[len(front):]
    return name


def reference(schema):
    ref = schema.get("$ref") or (schema.get("allOf") or [{}])[0].get("$ref")
    return ref and ref.rsplit("/", 1)[1]


def type_of(schema):
    ref = reference(schema)
    if ref:
        return SCALARS.get(short(ref)) or "@" + short(ref)
    kind = schema.get("type")
    form = schema.get("format")
    if kind == "string":
        return "y" if form == "byte" else "s"
    if kind == "boolean":
        return "b"
    if kind == "integer":
        return "l" if form == "int64" else "i"
    if kind == "number":
        return "d"
    if kind == "array":
        return "[" + type_of(schema["items"])
    if kind == "object":
        return "{" + type_of(schema["additionalProperties"]) if "additionalProperties" in schema else "o"
    return "j"


def wire_order(message, messages, depth=0, path=""):
    """(name, wire path) of a message's fields, inlined messages unfolded by need."""
    for name, number, kind in messages.get(message, []):
        yield name, f"{path}{number}", kind


def ordered_fields(name, properties, messages):
    message = message_name(name)
    package = message.rsplit(".", 1)[0]
    found = []

    def walk(current, path, depth):
        for field, number, kind in messages.get(current, []):
            if field in properties:
                found.append((field, f"{path}{number}"))
            elif field == "allOf_" or depth > 3:
                continue
            else:
                bare = kind.split()[-1]
                inner = bare[1:] if bare.startswith(".") else package + "." + bare
                if inner in messages and "repeated" not in kind and "map" not in kind:
                    walk(inner, f"{path}{number}/", depth + 1)

    walk(message, "", 0)
    known = {f for f, _ in found}
    # Protobuf has no names with dashes or dollars: JSONSchemaProps spells them otherwise.
    special = {"xKubernetes" + "".join(p.capitalize() for p in f[13:].split("-")): f
               for f in properties if f.startswith("x-kubernetes-")}
    special.update({"schema": "$schema", "ref": "$ref"})
    if short(name) == "apiextensions.v1.JSONSchemaProps":
        for field, number, _ in messages.get(message, []):
            real = special.get(field)
            if real in properties and real not in known:
                found.append((real, str(number)))
                known.add(real)
    rest = [f for f in sorted(properties) if f not in known]
    first = [f for f in ("kind", "apiVersion", "metadata") if f in rest]
    return [(f, "0") for f in first] + found + [(f, "0") for f in rest if f not in first]


def options(owner, field, schema, required):
    out = []
    if field in required:
        out.append("!")
    if "default" in schema:
        out.append("=" + json.dumps(schema["default"], separators=(",", ":")))
    kind = schema.get("type")
    last = owner.rsplit(".", 1)[1]
    zero = False
    if "default" not in schema and kind in ("integer", "boolean", "number"):
        zero = field in ZERO or field in ZERO_OF.get(last, [])
        if last.endswith("Status") and kind == "integer" and field not in POINTER_IN_STATUS:
            zero = True
        if field in NOT_ZERO.get(last, []):
            zero = False
    if kind == "string" and "default" not in schema and field not in POINTERS_OF.get(last, []) \
            and (field not in POINTER_STRINGS or (last, field) in NO_POINTERS):
        zero = True
    if kind == "string" and "default" in schema and schema["default"] == "" \
            and field not in required:
        pass
    if kind in ("array", "object") and field not in required:
        zero = True
    if (short(owner), field) in SEEN_LISTS:
        zero = False
    if (short(owner), field) in OMITTED_LISTS:
        zero = True
    if short(owner) == "discovery.v1.EndpointPort" and kind == "string":
        zero = False
    if field in WRITTEN.get(short(owner), []):
        zero = False
        out.insert(0, "+")
    if field in WRITTEN_POINTERS.get(short(owner), []):
        out.insert(0, "*")
    if zero:
        out.append("0")
    if "enum" in schema:
        out.append("#" + ",".join(schema["enum"]))
    items = schema.get("items", {})
    if "enum" in items:
        out.append("#" + ",".join(items["enum"]))
    listing = schema.get("x-kubernetes-list-type")
    if listing == "map":
        out.append("~map:" + ",".join(schema["x-kubernetes-list-map-keys"]))
    elif listing:
        out.append("~" + listing)
    if "x-kubernetes-map-type" in schema:
        out.append("~" + schema["x-kubernetes-map-type"])
    strategy = schema.get("x-kubernetes-patch-strategy")
    if strategy:
        out.append("^" + strategy + ":" + schema.get("x-kubernetes-patch-merge-key", ""))
    return out


def main():
    folder, discovery = sys.argv[1], sys.argv[2]
    schemas = json.load(open(os.path.join(folder, "schemas.json")))["schemas"]
    messages = json.load(open(os.path.join(folder, "protobuf.json")))["messages"]
    lines = []
    for name in sorted(schemas):
        schema = schemas[name]
        if short(name) in SCALARS:
            continue
        kinds = schema.get("x-kubernetes-group-version-kind", [])
        kind = "-"
        if len(kinds) == 1:
            k = kinds[0]
            kind = f"{k['group']}/{k['version']}/{k['kind']}"
        elif kinds:
            kind = "*/*/" + kinds[0]["kind"]
        flags = schema.get("x-kubernetes-map-type", "-")
        line = ["T" + short(name), kind, flags]
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        for field, number in ordered_fields(name, properties, messages):
            part = properties[field]
            line.append(" ".join(
                [field, number, type_of(part)] + options(name, field, part, required)))
        lines.append("\t".join(line))
    for case in json.load(open(discovery))["cases"]:
        for step in case["steps"]:
            body = step.get("reply", {}).get("body")
            if not isinstance(body, dict) or body.get("kind") != "APIResourceList":
                continue
            lines_of = []
            for r in body["resources"]:
                other = f"{r['group']}/{r['version']}" if "group" in r or "version" in r else ""
                lines_of.append("\t".join([
                    "R" + body["groupVersion"], r["name"], r["singularName"],
                    "N" if r["namespaced"] else "C", r["kind"], ",".join(r["verbs"]),
                    ",".join(r.get("shortNames", [])), ",".join(r.get("categories", [])),
                    r.get("storageVersionHash", ""), other]))
            for one in lines_of:
                if one not in lines:
                    lines.append(one)
    print("// Generated by generate-schema-table.py. Do not edit; its form is explained there.")
    print("// swift-format-ignore-file")
    print()
    print("/// The structure of the built-in types and resources as one text.")
    print("enum SchemaTable {")
    print('  static let text: StaticString = #"""')
    for line in lines:
        print(line)
    print('"""#')
    print("}")


main()
