import Documents
import KubeAPIServer
import KubeNode
import KubeObjects
import Linux
import Shell
import Simulation

extension KubeadmRun {
  /// The newest release that there is.
  static let newest = "v1.36.3"

  func upgrade(_ verb: String) async throws -> ExitStatus {
    switch verb {
    case "plan": return try await plan()
    case "apply": return try await apply()
    case "node": return try await upgradeNode()
    case "diff":
      try await process.writeError("drydock: not simulated: kubeadm upgrade diff\n")
      return 1
    default:
      return try await fail("unknown command \"\(verb)\" for \"kubeadm upgrade\"")
    }
  }

  private static func numbers(_ version: String) -> [Int] {
    version.drop { $0 == "v" }.split(separator: ".").compactMap { Int($0) }
  }

  private static func isLater(_ one: String, than other: String) -> Bool {
    numbers(other).lexicographicallyPrecedes(numbers(one))
  }

  private func healthRefusal() -> String? {
    guard host.plan.isControlPlane else {
      return
        "couldn't create a Kubernetes client from file \"/etc/kubernetes/admin.conf\": failed to "
        + "load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory"
    }
    return serverRefusal().map { "couldn't get cluster configuration: \($0)" }
  }

  private func plan() async throws -> ExitStatus {
    try await process.write("[preflight] Running pre-flight checks.\n")
    if let refusal = healthRefusal() { return try await fail(refusal) }
    let current = cluster.server.configuration.version
    let target = Self.newest
    try await process.write(
      reading("upgrade/config") + "[upgrade] Running cluster health checks\n"
        + "[upgrade] Fetching available versions to upgrade to\n"
        + "[upgrade/versions] Cluster version: \(current.dropFirst())\n"
        + "[upgrade/versions] kubeadm version: \(ownVersion)\n"
        + "[upgrade/versions] Target version: \(target)\n"
        + "[upgrade/versions] Latest version in the v1.36 series: \(target)\n\n")
    guard Self.isLater(target, than: current) else {
      try await process.write(
        "Awesome, you're up-to-date! Enjoy!\n\n")
      return 0
    }
    let nodes = (try? client.list(.nodes)) ?? []
    var kubelets = [["COMPONENT", "NODE", "CURRENT", "TARGET"]]
    for node in nodes {
      let version = node[path: "status", "nodeInfo", "kubeletVersion"]?.string ?? ""
      kubelets.append(["kubelet", node.name, version, target])
    }
    let name = host.plan.name
    let rows = [
      ["COMPONENT", "NODE", "CURRENT", "TARGET"], ["kube-apiserver", name, current, target],
      ["kube-controller-manager", name, current, target],
      ["kube-scheduler", name, current, target],
      ["kube-proxy", "", String(current.dropFirst()), target],
      ["CoreDNS", "", "v1.13.1", "v1.13.1"], ["etcd", name, "3.6.6-0", "3.6.6-0"],
    ]
    let line = String(repeating: "_", count: 69)
    try await process.write(
      "Components that must be upgraded manually after you have upgraded the control plane with "
        + "'kubeadm upgrade apply':\n" + ToolTable.plain(kubelets)
        + "\nUpgrade to the latest version in the v1.36 series:\n\n" + ToolTable.plain(rows)
        + "\nYou can now apply the upgrade by executing the following command:\n\n"
        + "\tkubeadm upgrade apply \(target)\n\n"
        + (Self.isLater(target, than: ownVersion)
          ? "Note: Before you can perform this upgrade, you have to update kubeadm to \(target).\n\n"
          : "")
        + "\(line)\n\n\nThe table below shows the current state of component configs as understood by "
        + "this version of kubeadm.\nConfigs that have a \"yes\" mark in the \"MANUAL UPGRADE "
        + "REQUIRED\" column require manual config upgrade or\nresetting to kubeadm defaults before a "
        + "successful upgrade can be performed. The version to manually\nupgrade to is denoted in the "
        + "\"PREFERRED VERSION\" column.\n\n"
        + ToolTable.plain([
          ["API GROUP", "CURRENT VERSION", "PREFERRED VERSION", "MANUAL UPGRADE REQUIRED"],
          ["kubeproxy.config.k8s.io", "v1alpha1", "v1alpha1", "no"],
          ["kubelet.config.k8s.io", "v1beta1", "v1beta1", "no"],
        ]) + "\(line)\n\n")
    return 0
  }

  private func apply() async throws -> ExitStatus {
    guard let wanted = arguments.operands.dropFirst(2).first else {
      return try await fail("missing one or more required arguments. Required arguments: [version]")
    }
    let target = wanted.hasPrefix("v") ? wanted : "v" + wanted
    try await process.write(
      "[upgrade] Reading configuration from the cluster...\n[preflight] Running pre-flight checks\n"
    )
    if let refusal = healthRefusal() { return try await fail(refusal) }
    let current = cluster.server.configuration.version
    if let problem = versionProblem(target, current) {
      try await process.writeError(
        "[upgrade/version] FATAL: the --version argument is invalid due to these \(problem.isFatal ? "fatal " : "")"
          + "errors:\n\n\t- \(problem.text)\n\nPlease fix the misalignments highlighted above and try "
          + "upgrading again\nTo see the stack trace of this error execute with --v=5 or higher\n")
      return 1
    }
    try await process.write(
      "[upgrade] Running cluster health checks\n[upgrade/version] You have chosen to upgrade the "
        + "cluster version to \"\(target)\"\n[upgrade/versions] Cluster version: \(current)\n"
        + "[upgrade/versions] kubeadm version: \(ownVersion)\n")
    if !arguments.has("yes"), !arguments.has("force") {
      try await process.write(
        "[upgrade] Are you sure you want to proceed? [y/N]: ")
      let answer = try await process.readLine() ?? ""
      guard ["y", "yes"].contains(answer.lowercased()) else {
        return try await fail("won't proceed; the user didn't answer (Y|y) in order to continue")
      }
    }
    try await process.write(
      "[upgrade/prepull] Pulling images required for setting up a Kubernetes cluster\n"
        + "[upgrade/prepull] This might take a minute or two, depending on the speed of your internet "
        + "connection\n[upgrade/control-plane] Upgrading your static Pod-hosted control plane to "
        + "version \"\(target)\" (timeout: 5m0s)...\n[upgrade/staticpods] Writing new Static Pod "
        + "manifests to \"/etc/kubernetes/tmp/kubeadm-upgraded-manifests\"\n")
    for name in ["kube-apiserver", "kube-controller-manager", "kube-scheduler"] {
      guard try await replace(name, with: target) else {
        return try await fail(
          "couldn't upgrade control plane. kubeadm has tried to recover everything into the earlier "
            + "state. Errors faced: timed out waiting for the condition")
      }
    }
    return try await finish(target)
  }

  private func versionProblem(
    _ target: String, _ current: String
  ) -> (text: String, isFatal: Bool)? {
    let (wanted, have, own) = (
      Self.numbers(target), Self.numbers(current), Self.numbers(ownVersion)
    )
    guard wanted.count == 3, have.count == 3, own.count == 3 else {
      return ("couldn't parse version \"\(target)\"", true)
    }
    if wanted[1] > have[1] + 1 {
      return (
        "Specified version to upgrade to \"\(target)\" is too high; kubeadm can upgrade only 1 minor "
          + "version at a time", true
      )
    }
    if own.lexicographicallyPrecedes(wanted), !arguments.has("force") || wanted[1] > own[1] {
      return (
        "Specified version to upgrade to \"\(target)\" is higher than the kubeadm version "
          + "\"\(ownVersion)\". Upgrade kubeadm first using the tool you used to install kubeadm",
        wanted[1] > own[1]
      )
    }
    if wanted[1] < have[1] {
      return ("Downgrading the minor version of a cluster is not supported", true)
    }
    let reference = ImageReference("registry.k8s.io/kube-apiserver:\(target)")
    if let reference, case .failure = Images.pull(reference) {
      return ("there is no release \"\(target)\"", true)
    }
    return nil
  }

  /// Moves one manifest to a release and waits until the kubelet has its Pod running.
  private func replace(_ name: String, with target: String) async throws -> Bool {
    let path = "/etc/kubernetes/manifests/\(name).yaml"
    guard let text = files.text(path) else { return false }
    let image = "registry.k8s.io/\(name):"
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      line -> String in
      guard let place = line.firstRange(of: image) else { return String(line) }
      return line[..<place.upperBound] + target
    }
    let new = lines.joined(separator: "\n")
    try await process.write("[upgrade/staticpods] Preparing for \"\(name)\" upgrade\n")
    guard new != text else {
      try await process.write(
        "[upgrade/staticpods] Current and new manifests of \(name) are equal, skipping upgrade\n")
      return true
    }
    host.kubelet.images.insert(image + target)
    let stamp = Linux.Calendar(cluster.timeline.now).formatted("%Y-%m-%d-%H-%M-%S")
    let backup = "/etc/kubernetes/tmp/kubeadm-backup-manifests-\(stamp)"
    try? files.makeDirectories(backup)
    try? files.write(text, to: "\(backup)/\(name).yaml", mode: 0o600)
    try files.write(new, to: path)
    try await process.write(
      "[upgrade/staticpods] Moved new manifest to \"\(path)\" and backed up old manifest to "
        + "\"\(backup)/\(name).yaml\"\n[upgrade/staticpods] Waiting for the kubelet to restart the "
        + "component\n[upgrade/staticpods] This can take up to 5m0s\n")
    let limit = cluster.timeline.now + .minutes(5)
    while cluster.timeline.now < limit {
      try await process.sleep(.seconds(1))
      guard let part = ControlPlane.Part(rawValue: name), let plane = cluster.controlPlane,
        plane.isServing(part), plane.acceptsConnections
      else { continue }
      let pod = try? client.get(.pods, "\(name)-\(plane.node)", namespace: "kube-system")
      let isNew =
        pod?[path: "spec", "containers"]?.array?.first?["image"]?.string == image + target
      if isNew, pod?.isConditionTrue("Ready") == true {
        try await process.write(
          "[apiclient] Found 1 Pods for label selector component=\(name)\n"
            + "[upgrade/staticpods] Component \"\(name)\" upgraded successfully!\n")
        return true
      }
    }
    return false
  }

  private func finish(_ target: String) async throws -> ExitStatus {
    if let map = try? client.get(.configMaps, "kubeadm-config", namespace: "kube-system"),
      let text = map[path: "data", "ClusterConfiguration"]?.string
    {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.hasPrefix("kubernetesVersion:") ? "kubernetesVersion: \(target)" : String($0)
      }
      _ = try? client.patch(
        .configMaps, "kubeadm-config", namespace: "kube-system", .merge,
        ["data": ["ClusterConfiguration": .string(lines.joined(separator: "\n"))]])
    }
    _ = try? client.patch(
      .daemonSets, "kube-proxy", namespace: "kube-system", .strategic,
      [
        "spec": [
          "template": [
            "spec": [
              "containers": [
                ["name": "kube-proxy", "image": .string("registry.k8s.io/kube-proxy:\(target)")]
              ]
            ]
          ]
        ]
      ])
    try await writeKubeletConfiguration()
    try await process.write(
      "[upload-config] Storing the configuration used in ConfigMap \"kubeadm-config\" in the "
        + "\"kube-system\" Namespace\n[kubelet] Creating a ConfigMap \"kubelet-config\" in namespace "
        + "kube-system with the configuration for the kubelets in the cluster\n"
        + "[upgrade/kubelet-config] Writing kubelet configuration to file "
        + "\"/var/lib/kubelet/config.yaml\"\n[bootstrap-token] Configured RBAC rules to allow Node "
        + "Bootstrap tokens to get nodes\n[addons] Applied essential addon: CoreDNS\n"
        + "[addons] Applied essential addon: kube-proxy\n\n"
        + "[upgrade] SUCCESS! A control plane node of your cluster was upgraded to \"\(target)\".\n\n"
        + "[upgrade] Now please proceed with upgrading the rest of the nodes by following the right "
        + "order.\n")
    return 0
  }

  private func upgradeNode() async throws -> ExitStatus {
    try await process.write(
      reading("upgrade") + "[upgrade/preflight] Running pre-flight checks\n")
    guard files.text("/etc/kubernetes/kubelet.conf") != nil else {
      return try await fail(
        "couldn't create a Kubernetes client from file \"/etc/kubernetes/kubelet.conf\": open "
          + "/etc/kubernetes/kubelet.conf: no such file or directory")
    }
    try await writeKubeletConfiguration()
    let isWorker = !host.plan.isControlPlane
    try await process.write(
      isWorker
        ? "[upgrade/preflight] Skipping prepull. Not a control plane node.\n"
          + "[upgrade/control-plane] Skipping phase. Not a control plane node.\n"
        : "[upgrade/control-plane] The control plane instance for this node was successfully upgraded!\n"
    )
    try await process.write(
      "[upgrade/kubeconfig] Skipping phase. Not a control plane node.\n"
        + "[upgrade/kubelet-config] Writing kubelet configuration to file "
        + "\"/var/lib/kubelet/config.yaml\"\n[upgrade/kubelet-config] The kubelet configuration for "
        + "this node was successfully upgraded!\n[upgrade/addon] Skipping the addon/coredns phase. Not "
        + "a control plane node.\n[upgrade/addon] Skipping the addon/kube-proxy phase. Not a control "
        + "plane node.\n")
    return 0
  }
}
