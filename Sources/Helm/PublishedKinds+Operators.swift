/// Kinds of operators that learners install to see what kinds of one's own are for.
extension PublishedKinds {
  /// The kinds that Argo CD brings.
  package static let argo =
    definition(
      "argoproj.io", "Application", "applications", ["v1alpha1"], short: "app, apps",
      columns: "{jsonPath: .status.sync.status, name: Sync Status, type: string}, "
        + "{jsonPath: .status.health.status, name: Health Status, type: string}")
    + "---\n"
    + definition(
      "argoproj.io", "ApplicationSet", "applicationsets", ["v1alpha1"], short: "appset, appsets")
    + "---\n"
    + definition(
      "argoproj.io", "AppProject", "appprojects", ["v1alpha1"], short: "appproj, appprojs")

  /// The kinds of the Prometheus operator.
  package static let prometheus = [
    ("AlertmanagerConfig", "alertmanagerconfigs", "v1alpha1", "amcfg"),
    ("Alertmanager", "alertmanagers", "v1", "am"), ("PodMonitor", "podmonitors", "v1", "pmon"),
    ("Probe", "probes", "v1", "prb"),
    ("PrometheusAgent", "prometheusagents", "v1alpha1", "promagent"),
    ("Prometheus", "prometheuses", "v1", "prom"),
    ("PrometheusRule", "prometheusrules", "v1", "promrule"),
    ("ScrapeConfig", "scrapeconfigs", "v1alpha1", "scfg"),
    ("ServiceMonitor", "servicemonitors", "v1", "smon"),
    ("ThanosRuler", "thanosrulers", "v1", "ruler"),
  ].map { definition("monitoring.coreos.com", $0.0, $0.1, [$0.2], short: $0.3) }
    .joined(separator: "---\n")

  /// The kinds of KEDA.
  package static let keda = [
    (
      "ClusterTriggerAuthentication", "clustertriggerauthentications", "cta, clustertriggerauth",
      false
    ),
    ("ScaledJob", "scaledjobs", "sj", true), ("ScaledObject", "scaledobjects", "so", true),
    ("TriggerAuthentication", "triggerauthentications", "ta, triggerauth", true),
  ].map { definition("keda.sh", $0.0, $0.1, ["v1alpha1"], short: $0.2, isNamespaced: $0.3) }
    .joined(separator: "---\n")

  /// The kinds of the vertical Pod autoscaler.
  package static let verticalAutoscaler =
    definition(
      "autoscaling.k8s.io", "VerticalPodAutoscaler", "verticalpodautoscalers", ["v1"], short: "vpa",
      columns: "{jsonPath: .spec.updatePolicy.updateMode, name: Mode, type: string}, "
        + "{jsonPath: '.status.recommendation.containerRecommendations[0].target.cpu', name: CPU, "
        + "type: string}, {jsonPath: '.status.recommendation.containerRecommendations[0].target.memory', "
        + "name: Mem, type: string}, "
        + "{jsonPath: '.status.conditions[?(@.type==\"RecommendationProvided\")].status', "
        + "name: Provided, type: string}, {jsonPath: .metadata.creationTimestamp, name: Age, type: date}"
    )
    + "---\n"
    + definition(
      "autoscaling.k8s.io", "VerticalPodAutoscalerCheckpoint", "verticalpodautoscalercheckpoints",
      ["v1"], short: "vpacheckpoint")

  /// The kinds of Longhorn.
  package static let longhorn = [
    ("BackingImage", "backingimages", "lhbi"), ("Backup", "backups", "lhb"),
    ("BackupTarget", "backuptargets", "lhbt"), ("BackupVolume", "backupvolumes", "lhbv"),
    ("Engine", "engines", "lhe"), ("EngineImage", "engineimages", "lhei"),
    ("InstanceManager", "instancemanagers", "lhim"), ("Node", "nodes", "lhn"),
    ("Orphan", "orphans", "lho"), ("RecurringJob", "recurringjobs", "lhrj"),
    ("Replica", "replicas", "lhr"), ("Setting", "settings", "lhs"),
    ("ShareManager", "sharemanagers", "lhsm"), ("Snapshot", "snapshots", "lhsnap"),
    ("Volume", "volumes", "lhv"),
  ].map { definition("longhorn.io", $0.0, $0.1, ["v1beta2"], short: $0.2) }
    .joined(separator: "---\n")

  /// The kinds of Contour.
  package static let contour = [
    ("ContourConfiguration", "contourconfigurations", "v1alpha1", "contourconfig"),
    ("ContourDeployment", "contourdeployments", "v1alpha1", "contourdeploy"),
    ("ExtensionService", "extensionservices", "v1alpha1", "extensionservice"),
    ("HTTPProxy", "httpproxies", "v1", "proxy, proxies"),
    ("TLSCertificateDelegation", "tlscertificatedelegations", "v1", "tlscerts"),
  ].map { definition("projectcontour.io", $0.0, $0.1, [$0.2], short: $0.3) }
    .joined(separator: "---\n")
}
