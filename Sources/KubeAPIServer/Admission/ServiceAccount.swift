import Documents
import KubeObjects
import Simulation

/// A Pod acts as a service account and is given a token for it.
struct ServiceAccount: MutatingAdmissionPlugin {
  let name = "ServiceAccount"
  private static let mountPath: Value = "/var/run/secrets/kubernetes.io/serviceaccount"
  private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
  private static let prefix = "kube-api-access-"

  func handles(_ operation: AdmissionAttributes.Operation) -> Bool { operation == .create }

  func admit(
    _ attributes: inout AdmissionAttributes, _ objects: any ObjectAccess
  ) throws(StatusError) {
    guard attributes.concerns(.pods) else { return }
    if attributes.object.annotation("kubernetes.io/config.mirror") != nil {
      if !(attributes.object["spec"]?.text("serviceAccountName").isEmpty ?? true) {
        throw attributes.forbidden("a mirror pod may not reference service accounts")
      }
      return
    }
    var spec = attributes.object["spec"] ?? [:]
    attributes.object["spec"] = .null
    defer { attributes.object["spec"] = spec }
    spec.fill("serviceAccountName", "default")
    let wanted = spec.text("serviceAccountName")
    spec["serviceAccount"] = .string(wanted)
    guard
      let account = objects.get(
        .serviceAccounts, namespace: attributes.namespace, name: wanted)
    else {
      throw attributes.forbidden(
        "error looking up service account \(attributes.namespace)/\(wanted): serviceaccount "
          + "\(wanted.goQuoted) not found")
    }
    let mounts =
      spec["automountServiceAccountToken"]?.bool
      ?? account["automountServiceAccountToken"]?.bool ?? true
    if mounts { mountToken(&spec, objects) }
    if spec.items("imagePullSecrets").isEmpty, !account.items("imagePullSecrets").isEmpty {
      spec["imagePullSecrets"] = account["imagePullSecrets"]
    }
  }

  private func mountToken(_ spec: inout Value, _ objects: any ObjectAccess) {
    let known = spec.items("volumes").map { $0.text("name") }
    let own = known.first { $0.hasPrefix(Self.prefix) }
    let volume = own ?? newName(known, objects)
    var isNeeded = false
    for list in ["initContainers", "containers"] {
      spec.updateEach(list) { container in
        let mounts = container.items("volumeMounts")
        if mounts.contains(where: { $0["mountPath"] == Self.mountPath }) { return }
        isNeeded = true
        container["volumeMounts"] = .array(
          mounts + [
            ["name": .string(volume), "readOnly": true, "mountPath": Self.mountPath]
          ])
      }
    }
    guard isNeeded, own == nil else { return }
    spec["volumes"] = .array(
      spec.items("volumes") + [["name": .string(volume), "projected": Self.token]])
  }

  private func newName(_ known: [String], _ objects: any ObjectAccess) -> String {
    let alphabet = Self.alphabet
    while true {
      let suffix = (0..<5).map { _ in alphabet[objects.random(below: alphabet.count)] }
      let name = Self.prefix + String(decoding: suffix, as: UTF8.self)
      if !known.contains(name) { return name }
    }
  }

  // A little over an hour, so that kubelets renew it before the hour is over.
  static let token: Value = [
    "sources": [
      ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
      [
        "configMap": [
          "name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]],
        ]
      ],
      [
        "downwardAPI": [
          "items": [
            [
              "path": "namespace",
              "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"],
            ]
          ]
        ]
      ],
    ],
    "defaultMode": 420,
  ]
}
