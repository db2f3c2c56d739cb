import Documents
import KubeObjects

extension GoStructure {
  /// A Pod's spec, whose members about the host stand in the security context.
  static func internalPodSpec(_ spec: Value) -> Value {
    var out = spec
    var context = spec["securityContext"] ?? [:]
    for field in [
      "hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers",
    ] where spec.has(field) {
      context[field] = spec[field]
    }
    out["securityContext"] = context
    return out
  }

  static let podTemplate = GoStructure([
    Field(name: "labels", key: "labels", form: .omitted),
    Field(name: "annotations", key: "annotations", form: .omitted),
    Field(name: "Spec", key: "spec", form: .structure(podSpec)),
  ])

  /// A template as its structure wants it: the members of metadata among its own.
  static func internalPodTemplate(_ template: Value) -> Value {
    var out = template["metadata"] ?? [:]
    out["spec"] = internalPodSpec(template["spec"] ?? [:])
    return out
  }

  static let podSpec = GoStructure(
    "Volumes InitContainers Containers EphemeralContainers RestartPolicy=s "
      + "TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy:dnsPolicy=s NodeSelector "
      + "ServiceAccountName=s AutomountServiceAccountToken NodeName=s SecurityContext "
      + "ImagePullSecrets Hostname=s Subdomain=s SetHostnameAsFQDN Affinity SchedulerName=s "
      + "Tolerations HostAliases PriorityClassName=s Priority PreemptionPolicy "
      + "DNSConfig:dnsConfig ReadinessGates RuntimeClassName Overhead EnableServiceLinks "
      + "TopologySpreadConstraints OS:os SchedulingGates ResourceClaims Resources "
      + "HostnameOverride SchedulingGroup",
    [
      "Volumes": .list(volume), "InitContainers": .list(container),
      "Containers": .list(container), "EphemeralContainers": .list(container),
      "SecurityContext": .pointer(podSecurityContext), "ImagePullSecrets": .list(named),
      "Affinity": .pointer(affinity),
      "Tolerations": .list(
        GoStructure("Key=s Operator=s Value=s Effect=s TolerationSeconds")),
      "HostAliases": .list(GoStructure("IP:ip=s Hostnames")),
      "DNSConfig": .pointer(
        GoStructure(
          "Nameservers Searches Options", ["Options": .list(GoStructure("Name=s Value"))])),
      "ReadinessGates": .list(GoStructure("ConditionType=s")),
      "TopologySpreadConstraints": .list(
        GoStructure(
          "MaxSkew=0 TopologyKey=s WhenUnsatisfiable=s LabelSelector MinDomains "
            + "NodeAffinityPolicy NodeTaintsPolicy MatchLabelKeys",
          ["LabelSelector": .pointer(labelSelector)])),
      "OS": .pointer(named), "SchedulingGates": .list(named), "Resources": .pointer(resources),
      "ResourceClaims": .list(
        GoStructure("Name=s ResourceClaimName ResourceClaimTemplateName")),
    ])

  private static let named = GoStructure("Name=s")
  private static let resources = GoStructure(
    "Limits Requests Claims", ["Claims": .list(GoStructure("Name=s Request=s"))])

  private static let podSecurityContext = GoStructure(
    "HostNetwork=f HostPID:hostPID=f HostIPC:hostIPC=f ShareProcessNamespace HostUsers "
      + "SELinuxOptions:seLinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot "
      + "SupplementalGroups SupplementalGroupsPolicy FSGroup:fsGroup "
      + "FSGroupChangePolicy:fsGroupChangePolicy Sysctls SeccompProfile AppArmorProfile "
      + "SELinuxChangePolicy:seLinuxChangePolicy",
    [
      "SELinuxOptions": .pointer(GoStructure("User=s Role=s Type=s Level=s")),
      "Sysctls": .list(GoStructure("Name=s Value=s")),
      "SeccompProfile": .pointer(GoStructure("Type=s LocalhostProfile")),
      "AppArmorProfile": .pointer(GoStructure("Type=s LocalhostProfile")),
    ])

  static let container = GoStructure(
    "Name=s Image=s Command Args WorkingDir=s Ports EnvFrom Env Resources ResizePolicy "
      + "RestartPolicy RestartPolicyRules VolumeMounts VolumeDevices LivenessProbe "
      + "ReadinessProbe StartupProbe Lifecycle TerminationMessagePath=s "
      + "TerminationMessagePolicy=s ImagePullPolicy=s SecurityContext Stdin=f StdinOnce=f "
      + "TTY:tty=f",
    [
      "Ports": .list(
        GoStructure("Name=s HostPort=0 ContainerPort=0 Protocol=s HostIP:hostIP=s")),
      "EnvFrom": .list(
        GoStructure(
          "Prefix=s ConfigMapRef SecretRef",
          [
            "ConfigMapRef": .pointer(GoStructure("Name=s Optional")),
            "SecretRef": .pointer(GoStructure("Name=s Optional")),
          ])),
      "Env": .list(
        GoStructure("Name=s Value=s ValueFrom", ["ValueFrom": .pointer(variableSource)])),
      "Resources": .structure(resources),
      "ResizePolicy": .list(GoStructure("ResourceName=s RestartPolicy=s")),
      "VolumeMounts": .list(
        GoStructure(
          "Name=s ReadOnly=f RecursiveReadOnly MountPath=s SubPath=s MountPropagation "
            + "SubPathExpr=s")),
      "VolumeDevices": .list(GoStructure("Name=s DevicePath=s")),
      "LivenessProbe": .pointer(probe), "ReadinessProbe": .pointer(probe),
      "StartupProbe": .pointer(probe),
      "Lifecycle": .pointer(
        GoStructure(
          "PostStart PreStop StopSignal",
          ["PostStart": .pointer(lifecycleHandler), "PreStop": .pointer(lifecycleHandler)])),
      "SecurityContext": .pointer(securityContext),
    ])

  private static let keyReference = GoStructure("Name=s Key=s Optional")
  private static let fieldReference = GoStructure("APIVersion:apiVersion=s FieldPath=s")
  private static let resourceReference = GoStructure("ContainerName=s Resource=s Divisor=q")
  private static let variableSource = GoStructure(
    "FieldRef ResourceFieldRef ConfigMapKeyRef SecretKeyRef FileKeyRef",
    [
      "FieldRef": .pointer(fieldReference), "ResourceFieldRef": .pointer(resourceReference),
      "ConfigMapKeyRef": .pointer(keyReference), "SecretKeyRef": .pointer(keyReference),
      "FileKeyRef": .pointer(GoStructure("VolumeName=s Path=s Key=s Optional")),
    ])

  private static let httpGet = GoStructure(
    "Path=s Port Host=s Scheme=s HTTPHeaders:httpHeaders",
    ["HTTPHeaders": .list(GoStructure("Name=s Value=s"))])
  private static let handlers: [String: Form] = [
    "Exec": .pointer(GoStructure("Command")), "HTTPGet": .pointer(httpGet),
    "TCPSocket": .pointer(GoStructure("Port Host=s")),
    "GRPC": .pointer(GoStructure("Port=0 Service")),
    "Sleep": .pointer(GoStructure("Seconds=0")),
  ]
  private static let lifecycleHandler = GoStructure(
    "Exec HTTPGet:httpGet TCPSocket:tcpSocket Sleep", handlers)
  private static let probe = GoStructure(
    "Exec HTTPGet:httpGet TCPSocket:tcpSocket GRPC:grpc InitialDelaySeconds=0 TimeoutSeconds=0 "
      + "PeriodSeconds=0 SuccessThreshold=0 FailureThreshold=0 TerminationGracePeriodSeconds",
    handlers)

  private static let required = "requiredDuringSchedulingIgnoredDuringExecution"
  private static let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
  private static let requirement = GoStructure("Key=s Operator=s Values")
  static let nodeSelectorTerm = GoStructure(
    "MatchExpressions MatchFields",
    ["MatchExpressions": .list(requirement), "MatchFields": .list(requirement)])
  private static let podTerm = GoStructure(
    "LabelSelector Namespaces TopologyKey=s NamespaceSelector MatchLabelKeys MismatchLabelKeys",
    ["LabelSelector": .pointer(labelSelector), "NamespaceSelector": .pointer(labelSelector)])
  private static let podAffinity = GoStructure(
    "RequiredDuringSchedulingIgnoredDuringExecution "
      + "PreferredDuringSchedulingIgnoredDuringExecution",
    [
      "RequiredDuringSchedulingIgnoredDuringExecution": .list(podTerm),
      "PreferredDuringSchedulingIgnoredDuringExecution": .list(
        GoStructure("Weight=0 PodAffinityTerm", ["PodAffinityTerm": .structure(podTerm)])),
    ])
  static let nodeSelector = GoStructure(
    "NodeSelectorTerms", ["NodeSelectorTerms": .list(nodeSelectorTerm)])
  private static let affinity = GoStructure(
    "NodeAffinity PodAffinity PodAntiAffinity",
    [
      "NodeAffinity": .pointer(
        GoStructure(
          "RequiredDuringSchedulingIgnoredDuringExecution "
            + "PreferredDuringSchedulingIgnoredDuringExecution",
          [
            "RequiredDuringSchedulingIgnoredDuringExecution": .pointer(nodeSelector),
            "PreferredDuringSchedulingIgnoredDuringExecution": .list(
              GoStructure("Weight=0 Preference", ["Preference": .structure(nodeSelectorTerm)])),
          ])),
      "PodAffinity": .pointer(podAffinity), "PodAntiAffinity": .pointer(podAffinity),
    ])
}
