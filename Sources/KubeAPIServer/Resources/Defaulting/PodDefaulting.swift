import Documents
import KubeObjects

/// What a Pod and a Pod template are given where their writer said nothing.
enum PodDefaulting {
  static func apply(toPod pod: inout Value) {
    if !pod.has("spec") { pod["spec"] = [:] }
    if let address = pod["status"]?["podIP"]?.string, !address.isEmpty,
      pod["status"]?["podIPs"]?[0]?["ip"]?.string != address
    {
      pod["status"]?["podIPs"] = [["ip": .string(address)]]
    }
    pod.update("spec") { spec in
      applyRequests(&spec)
      spec.fillAbsent("enableServiceLinks", true)
      if spec.flag("hostNetwork") { applyHostPorts(&spec) }
      apply(toSpec: &spec)
      if spec.has("resources") { applyPodRequests(&spec) }
    }
  }

  static func apply(toTemplate template: inout Value) {
    if !template.has("spec") { template["spec"] = [:] }
    if !template.has("metadata") { template["metadata"] = [:] }
    template.update("spec") { apply(toSpec: &$0) }
  }

  static func apply(toSpec spec: inout Value) {
    spec.updateEach("volumes") { VolumeDefaulting.apply(&$0) }
    for list in ["containers", "initContainers", "ephemeralContainers"] {
      spec.updateEach(list) { apply(toContainer: &$0) }
    }
    spec.fill("restartPolicy", "Always")
    spec.fillAbsent("terminationGracePeriodSeconds", 30)
    spec.fill("dnsPolicy", "ClusterFirst")
    spec.fillAbsent("securityContext", [:])
    spec.fill("schedulerName", "default-scheduler")
    // The old name of the field is kept equal to the new one.
    let account = spec.text("serviceAccountName")
    if account.isEmpty, !spec.text("serviceAccount").isEmpty {
      spec["serviceAccountName"] = spec["serviceAccount"]
    } else if !account.isEmpty, spec.text("serviceAccount") != account {
      spec["serviceAccount"] = .string(account)
    }
    spec.update("overhead") { ResourceDefaulting.apply(toList: &$0) }
    spec.update("resources") { ResourceDefaulting.apply(toRequirements: &$0) }
    DisabledPodFields.drop(from: &spec)
  }

  static func apply(toContainer container: inout Value) {
    container.updateEach("ports") { $0.fill("protocol", "TCP") }
    container.updateEach("env") { variable in
      variable.update("valueFrom") { apply(toSource: &$0) }
    }
    if !container.has("resources") { container["resources"] = [:] }
    container.update("resources") { ResourceDefaulting.apply(toRequirements: &$0) }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
      container.update(probe) { apply(toProbe: &$0) }
    }
    container.update("lifecycle") { lifecycle in
      for hook in ["postStart", "preStop"] {
        lifecycle.update(hook) { $0.update("httpGet") { apply(toHTTPGet: &$0) } }
      }
    }
    container.fill("terminationMessagePath", "/dev/termination-log")
    container.fill("terminationMessagePolicy", "File")
    container.fill("imagePullPolicy", pullPolicy(of: container.text("image")))
  }

  /// Sources of variables and of files of the downward API.
  static func apply(toSource source: inout Value) {
    source.update("fieldRef") { $0.fill("apiVersion", "v1") }
    source.update("resourceFieldRef") { reference in
      reference.fill("divisor", "0")
      ResourceDefaulting.canonicalize(&reference, "divisor")
    }
    source.update("fileKeyRef") { $0.fillAbsent("optional", false) }
  }

  private static func apply(toProbe probe: inout Value) {
    probe.update("httpGet") { apply(toHTTPGet: &$0) }
    probe.update("grpc") { $0.fillAbsent("service", "") }
    let numbers: [(String, Int64)] = [
      ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1),
      ("failureThreshold", 3),
    ]
    for (name, value) in numbers where probe.number(name) == 0 { probe[name] = .int(value) }
  }

  private static func apply(toHTTPGet action: inout Value) {
    action.fill("path", "/")
    action.fill("scheme", "HTTP")
  }

  // An image without a tag means latest, which is pulled anew; one with a digest alone does not.
  static func pullPolicy(of image: String) -> Value {
    let bytes = image.utf8
    guard !bytes.contains(UInt8(ascii: "@")) else { return "IfNotPresent" }
    let mark = bytes.lastIndex { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
    guard let mark, bytes[mark] == UInt8(ascii: ":") else { return "Always" }
    return bytes[mark...].dropFirst().elementsEqual("latest".utf8) ? "Always" : "IfNotPresent"
  }

  /// Limits stand for requests that were not given.
  private static func applyRequests(_ spec: inout Value) {
    for list in ["containers", "initContainers"] {
      spec.updateEach(list) { container in
        container.update("resources") { resources in
          fillRequests(&resources, from: resources.members("limits"))
        }
      }
    }
  }

  private static func fillRequests(_ resources: inout Value, from limits: Mapping) {
    guard !limits.isEmpty else { return }
    var requests = resources["requests"] ?? [:]
    if requests.isNull { requests = [:] }
    for (name, limit) in limits where requests[name] == nil { requests[name] = limit }
    if resources["requests"] != requests { resources["requests"] = requests }
  }

  private static func applyHostPorts(_ spec: inout Value) {
    for list in ["containers", "initContainers"] {
      spec.updateEach(list) { container in
        container.updateEach("ports") { port in
          if port.number("hostPort") == 0 { port["hostPort"] = port["containerPort"] }
        }
      }
    }
  }

  // What a Pod asks for as a whole, where it says something of that: huge pages as its containers
  // may use; if there are limits, requests as the containers', then as the limits.
  private static func applyPodRequests(_ spec: inout Value) {
    let together = PodResources.aggregateContainerRequests(spec)
    let allowed = PodResources.aggregateContainerLimits(spec)
    spec.update("resources") { resources in
      for (name, amount) in allowed.sorted(by: { $0.key < $1.key })
      where name.hasPrefix("hugepages-") && resources["limits"]?[name] == nil {
        resources.fillAbsent("limits", [:])
        resources["limits"]?[name] = .string(amount.description)
      }
      let limits = resources.members("limits")
      guard !limits.isEmpty else { return }
      var requests = resources["requests"] ?? [:]
      for (name, amount) in together.sorted(by: { $0.key < $1.key })
      where requests[name] == nil && PodResources.isSupportedAtPodLevel(name)
        && ResourceValidation.mayOvercommit(name)
      {
        requests[name] = .string(amount.description)
      }
      for (name, limit) in limits
      where requests[name] == nil && PodResources.isSupportedAtPodLevel(name) {
        requests[name] = limit
      }
      if let members = requests.object, !members.isEmpty, resources["requests"] != requests {
        resources["requests"] = requests
      }
    }
  }
}
