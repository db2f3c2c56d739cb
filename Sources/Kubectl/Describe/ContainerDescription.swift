import Documents
import KubeObjects

/// The containers of a Pod or template, as describe writes them.
struct ContainerDescription {
  let out: DescribeWriter
  /// Two blanks inside a Pod template.
  let indent: String
  /// The Pod whose fields environment variables may name.
  var pod: Value?

  func write(_ title: String, _ containers: Value?, statuses: Value?) {
    let containers = containers?.array ?? []
    out.line(0, "\(indent)\(title):\(containers.isEmpty ? " <none>" : "")")
    for container in containers {
      let name = container["name"]?.string ?? ""
      let status = (statuses?.array ?? []).first { $0["name"]?.string == name }
      basics(container, status, name)
      words("Command", container["command"])
      words("Args", container["args"])
      if let status { state(status) }
      Self.resources(container["resources"], out, level: 2)
      for (label, member) in [
        ("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe"),
      ] {
        if let probe = container[member], probe.object != nil {
          out.field(2, label, ProbeText.text(probe))
        }
      }
      sources(container["envFrom"])
      variables(container)
      mounts(container)
    }
  }

  private func basics(_ container: Value, _ status: Value?, _ name: String) {
    out.line(1, "\(indent.isEmpty ? "" : " ")\(name):")
    if let status { out.field(2, "Container ID", status["containerID"]?.string ?? "") }
    out.field(2, "Image", container["image"]?.string ?? "")
    if let status { out.field(2, "Image ID", status["imageID"]?.string ?? "") }
    let ports = container["ports"]?.array ?? []
    for (label, member) in [("Port", "containerPort"), ("Host Port", "hostPort")] {
      let text = ports.map { "\($0[member]?.int ?? 0)/\($0["protocol"]?.string ?? "TCP")" }
        .joined(separator: ", ")
      out.field(2, ports.count > 1 ? label + "s" : label, DescribeText.orNone(text))
    }
    if let profile = container[path: "securityContext", "seccompProfile"] {
      out.field(2, "SeccompProfile", profile["type"]?.string ?? "")
      if profile["type"]?.string == "Localhost" {
        out.field(2, "LocalhostProfile", profile["localhostProfile"]?.string ?? "")
      }
    }
  }

  private func words(_ title: String, _ list: Value?) {
    guard let list = list?.array, !list.isEmpty else { return }
    out.line(2, "\(title):")
    for word in list {
      for part in (word.string ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
        out.line(3, String(part))
      }
    }
  }

  private func state(_ status: Value) {
    state("State", status["state"])
    if status[path: "lastState", "terminated"] != nil { state("Last State", status["lastState"]) }
    out.field(2, "Ready", DescribeText.capitalized(status["ready"]?.bool ?? false))
    out.field(2, "Restart Count", "\(status["restartCount"]?.int ?? 0)")
  }

  private func state(_ title: String, _ state: Value?) {
    if let running = state?["running"], running.object != nil {
      out.field(2, title, "Running")
      out.field(3, "Started", DescribeText.time(running["startedAt"]))
    } else if let ended = state?["terminated"], ended.object != nil {
      out.field(2, title, "Terminated")
      if let reason = ended["reason"]?.string, !reason.isEmpty { out.field(3, "Reason", reason) }
      if let message = ended["message"]?.string, !message.isEmpty {
        out.field(3, "Message", message)
      }
      out.field(3, "Exit Code", "\(ended["exitCode"]?.int ?? 0)")
      if let signal = ended["signal"]?.int, signal > 0 { out.field(3, "Signal", "\(signal)") }
      out.field(3, "Started", DescribeText.time(ended["startedAt"]))
      out.field(3, "Finished", DescribeText.time(ended["finishedAt"]))
    } else {
      out.field(2, title, "Waiting")
      if let reason = state?[path: "waiting", "reason"]?.string, !reason.isEmpty {
        out.field(3, "Reason", reason)
      }
    }
  }

  static func resources(_ resources: Value?, _ out: DescribeWriter, level: Int) {
    for (title, member) in [("Limits", "limits"), ("Requests", "requests")] {
      guard let amounts = resources?[member]?.object, !amounts.isEmpty else { continue }
      out.line(level, "\(title):")
      for (name, amount) in amounts { out.field(level + 1, name, DescribeText.text(amount)) }
    }
  }

  private func sources(_ list: Value?) {
    guard let list = list?.array, !list.isEmpty else { return }
    out.line(2, "Environment Variables from:")
    for source in list {
      let isMap = source["configMapRef"] != nil
      let reference = source[isMap ? "configMapRef" : "secretRef"]
      let name = reference?["name"]?.string ?? ""
      let optional = reference?["optional"]?.bool ?? false
      var kind = isMap ? "ConfigMap" : "Secret"
      if let prefix = source["prefix"]?.string, !prefix.isEmpty {
        kind += " with prefix '\(prefix)'"
      }
      out.line(3, "\(name)\t\(kind)\tOptional: \(optional)")
    }
  }

  private func variables(_ container: Value) {
    let list = container["env"]?.array ?? []
    out.line(2, "Environment:\(list.isEmpty ? "\t<none>" : "")")
    for variable in list {
      let name = variable["name"]?.string ?? ""
      guard let source = variable["valueFrom"], source.object != nil else {
        let parts = (variable["value"]?.string ?? "")
          .split(separator: "\n", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
          out.line(3, index == 0 ? "\(name):\t\(part)" : "\t\(part)")
        }
        continue
      }
      if let field = source["fieldRef"] {
        let path = field["fieldPath"]?.string ?? ""
        out.field(
          3, name, "\(value(ofField: path)) (\(field["apiVersion"]?.string ?? "v1"):\(path))")
      } else if let field = source["resourceFieldRef"] {
        let path = field["resource"]?.string ?? ""
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        let amount = parts.count == 2 ? container["resources"]?[parts[0]]?[parts[1]] : nil
        out.field(
          3, name, "\(Self.amount(amount, field["divisor"], of: parts.last ?? "")) (\(path))")
      } else if let key = source["secretKeyRef"] {
        out.line(
          3,
          "\(name):\t<set to the key '\(key["key"]?.string ?? "")' in secret "
            + "'\(key["name"]?.string ?? "")'>\tOptional: \(key["optional"]?.bool ?? false)")
      } else if let key = source["configMapKeyRef"] {
        out.line(
          3,
          "\(name):\t<set to the key '\(key["key"]?.string ?? "")' of config map "
            + "'\(key["name"]?.string ?? "")'>\tOptional: \(key["optional"]?.bool ?? false)")
      }
    }
  }

  /// How often the divisor goes into an amount, rounded up (ExtractContainerResourceValue).
  private static func amount(_ amount: Value?, _ divisor: Value?, of resource: String) -> String {
    guard let amount, let quantity = try? Quantity(parsing: amount) else { return "0" }
    let unit = divisor.flatMap { try? Quantity(parsing: $0) }
    if resource == "cpu" {
      let parts = max(unit?.milliValue ?? 0, 0)
      let step = parts == 0 ? 1000 : parts
      return "\((quantity.milliValue + step - 1) / step)"
    }
    let step = max(unit?.value ?? 0, 0) == 0 ? 1 : unit?.value ?? 1
    return "\((quantity.value + step - 1) / step)"
  }

  /// kubectl's own scheme knows no fields of Pods but what all objects have.
  private func value(ofField path: String) -> String {
    guard let pod, ["metadata.name", "metadata.namespace"].contains(path) else { return "" }
    return DescribeText.text(pod.at(path.split(separator: ".").map(String.init)))
  }

  private func mounts(_ container: Value) {
    let list = (container["volumeMounts"]?.array ?? []).sorted {
      ($0["mountPath"]?.string ?? "") < ($1["mountPath"]?.string ?? "")
    }
    out.line(2, "Mounts:\(list.isEmpty ? "\t<none>" : "")")
    for mount in list {
      var flags = [mount["readOnly"]?.bool == true ? "ro" : "rw"]
      if let path = mount["subPath"]?.string, !path.isEmpty {
        flags.append("path=\(Go.quoted(path))")
      }
      out.line(
        3,
        "\(mount["mountPath"]?.string ?? "") from \(mount["name"]?.string ?? "") "
          + "(\(flags.joined(separator: ",")))")
    }
    let devices = (container["volumeDevices"]?.array ?? []).sorted {
      ($0["devicePath"]?.string ?? "") < ($1["devicePath"]?.string ?? "")
    }
    guard !devices.isEmpty else { return }
    out.line(2, "Devices:")
    for device in devices {
      out.line(
        3, "\(device["devicePath"]?.string ?? "") from \(device["name"]?.string ?? "")")
    }
  }
}

/// Probes in one line.
enum ProbeText {
  static func text(_ probe: Value) -> String {
    func number(_ name: String) -> Int64 { probe[name]?.int ?? 0 }
    let attributes =
      "delay=\(number("initialDelaySeconds"))s timeout=\(number("timeoutSeconds"))s "
      + "period=\(number("periodSeconds"))s #success=\(number("successThreshold")) "
      + "#failure=\(number("failureThreshold"))"
    if let command = probe[path: "exec", "command"]?.array {
      return "exec \(Go.list(command.compactMap(\.string))) \(attributes)"
    }
    if let get = probe["httpGet"] {
      let scheme = (get["scheme"]?.string ?? "HTTP").lowercased()
      let path = get["path"]?.string ?? ""
      return "http-get \(scheme)://\(get["host"]?.string ?? ""):\(DescribeText.text(get["port"]))"
        + "\(path.hasPrefix("/") || path.isEmpty ? path : "/" + path) \(attributes)"
    }
    if let socket = probe["tcpSocket"] {
      return "tcp-socket \(socket["host"]?.string ?? ""):\(DescribeText.text(socket["port"])) "
        + attributes
    }
    if let call = probe["grpc"] {
      return "grpc <pod>:\(call["port"]?.int ?? 0) \(call["service"]?.string ?? "") \(attributes)"
    }
    return "unknown \(attributes)"
  }
}
