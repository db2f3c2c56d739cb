import Documents
import KubeNetwork
import KubeObjects
import Linux

/// What network plug-ins put on a node's disk, where the container runtime looks for them.
enum PlugInFiles {
  static let configurationFolder = "/etc/cni/net.d"
  static let programFolder = "/opt/cni/bin"

  /// The plug-in that a DaemonSet's Pods install.
  static func plugIn(ofDaemonSet name: String) -> NetworkPlugIn? {
    switch name {
    case "calico-node": .calico
    case "kube-flannel-ds": .flannel
    case "cilium": .cilium
    default: nil
    }
  }

  /// Whether the runtime finds a configuration, on a machine that was set up with `original`.
  static func isConfigured(_ machine: Machine, original: NetworkPlugIn?) -> Bool {
    if machine.files.isUntouched { return original != nil }
    return chain(on: machine) != nil
  }

  /// The types of the plug-ins that the runtime calls, by the first configuration in the folder:
  /// one that it cannot read leaves it without any (go-cni's loadFromConfDir).
  private static func chain(on machine: Machine) -> [String]? {
    let names = ((try? machine.files.names(in: configurationFolder)) ?? []).sorted()
    let isConfiguration = { (name: String) in
      [".conf", ".conflist", ".json"].contains { name.hasSuffix($0) }
    }
    guard let name = names.first(where: isConfiguration),
      let text = machine.files.text("\(configurationFolder)/\(name)"),
      let configuration = try? JSON.parse(Array(text.utf8)), !configuration.text("name").isEmpty
    else { return nil }
    let plugIns = name.hasSuffix(".conflist") ? configuration.items("plugins") : [configuration]
    let types = plugIns.map { $0.text("type") }
    return types.isEmpty || types.contains("") ? nil : types
  }

  /// A plug-in that the configuration names and that is not there.
  static func missingProgram(_ machine: Machine) -> String? {
    guard !machine.files.isUntouched else { return nil }
    return (chain(on: machine) ?? []).first {
      machine.files.status("\(programFolder)/\($0)") == nil
    }
  }

  static func clear(_ machine: Machine) {
    for name in (try? machine.files.names(in: configurationFolder)) ?? [] {
      try? machine.files.removeAll(configurationFolder + "/" + name)
    }
  }

  static func install(_ plugIn: NetworkPlugIn?, on machine: Machine) {
    try? machine.files.makeDirectories(configurationFolder)
    // Debian's kubernetes-cni brings these, whichever plug-in comes.
    var programs = [
      "bandwidth", "bridge", "dhcp", "firewall", "host-device", "host-local", "ipvlan", "loopback",
      "macvlan", "portmap", "ptp", "sbr", "static", "tuning", "vlan",
    ]
    switch plugIn {
    case nil: break
    case .calico:
      programs += ["calico", "calico-ipam"]
      place("10-calico.conflist", calico, machine)
      place("calico-kubeconfig", "# Kubeconfig file for Calico CNI plugin.\n", machine)
    case .flannel:
      programs += ["flannel"]
      place("10-flannel.conflist", flannel, machine)
    case .cilium:
      programs += ["cilium-cni"]
      place("05-cilium.conflist", cilium, machine)
    }
    for name in programs {
      try? machine.files.place("\u{7F}ELF\n", at: "\(programFolder)/\(name)", mode: 0o755)
    }
  }

  private static func place(_ name: String, _ text: String, _ machine: Machine) {
    try? machine.files.place(text, at: "\(configurationFolder)/\(name)", mode: 0o600)
  }

  private static let calico = """
    {
      "name": "k8s-pod-network",
      "cniVersion": "0.3.1",
      "plugins": [
        {
          "type": "calico",
          "log_level": "info",
          "log_file_path": "/var/log/calico/cni/cni.log",
          "datastore_type": "kubernetes",
          "mtu": 0,
          "ipam": {"type": "calico-ipam"},
          "policy": {"type": "k8s"},
          "kubernetes": {"kubeconfig": "/etc/cni/net.d/calico-kubeconfig"}
        },
        {"type": "portmap", "snat": true, "capabilities": {"portMappings": true}},
        {"type": "bandwidth", "capabilities": {"bandwidth": true}}
      ]
    }

    """

  private static let flannel = """
    {
      "name": "cbr0",
      "cniVersion": "0.3.1",
      "plugins": [
        {
          "type": "flannel",
          "delegate": {
            "hairpinMode": true,
            "isDefaultGateway": true
          }
        },
        {
          "type": "portmap",
          "capabilities": {
            "portMappings": true
          }
        }
      ]
    }

    """

  private static let cilium = """
    {
      "cniVersion": "0.3.1",
      "name": "cilium",
      "plugins": [
        {
           "type": "cilium-cni",
           "enable-debug": false,
           "log-file": "/var/run/cilium/cilium-cni.log"
        }
      ]
    }

    """
}
