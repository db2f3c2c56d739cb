import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeCluster

/// Pods against the levels of the Pod Security Standards, and what changed between versions.
@Suite struct PodSecurityLevelTests {
  /// A Pod that is restricted in every way, and a change of it.
  struct Case: CustomTestStringConvertible, Sendable {
    var say: String
    /// JSON merge patches of the spec and of its only container.
    var spec: String = "{}"
    var container: String = "{}"
    /// What baseline says of it; empty: it lets it pass.
    var baseline = ""
    var restricted = ""
    var version = "latest"
    var testDescription: String { "\(say) (\(version))" }
  }

  private static let sound: Value = [
    "securityContext": ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
    "containers": [
      [
        "name": "c", "image": "nginx",
        "securityContext": [
          "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]],
        ],
      ]
    ],
  ]

  static let cases: [Case] = [
    Case(say: "a sound Pod"),
    Case(
      say: "the node's network", spec: #"{"hostNetwork":true}"#,
      baseline: "host namespaces (hostNetwork=true)"),
    Case(
      say: "the node's processes and its IPC", spec: #"{"hostPID":true,"hostIPC":true}"#,
      baseline: "host namespaces (hostPID=true, hostIPC=true)"),
    Case(
      say: "a privileged container",
      container: #"{"securityContext":{"privileged":true,"allowPrivilegeEscalation":null}}"#,
      baseline: #"privileged (container "c" must not set securityContext.privileged=true)"#,
      restricted: "allowPrivilegeEscalation != false"),
    Case(
      say: "a capability that containers do not have",
      container: #"{"securityContext":{"capabilities":{"add":["NET_ADMIN"]}}}"#,
      baseline: #"non-default capabilities (container "c" must not include "NET_ADMIN" in "#
        + "securityContext.capabilities.add)",
      restricted: #"unrestricted capabilities (container "c" must not include "NET_ADMIN" in "#),
    Case(
      say: "one that containers have",
      container: #"{"securityContext":{"capabilities":{"add":["CHOWN"]}}}"#,
      restricted: #"unrestricted capabilities (container "c" must not include "CHOWN" in "#),
    Case(
      say: "one that even restricted Pods may have",
      container: #"{"securityContext":{"capabilities":{"add":["NET_BIND_SERVICE"]}}}"#),
    Case(
      say: "all capabilities kept", container: #"{"securityContext":{"capabilities":null}}"#,
      restricted: #"unrestricted capabilities (container "c" must set "#
        + #"securityContext.capabilities.drop=["ALL"])"#),
    Case(
      say: "all capabilities kept, before they had to go",
      container: #"{"securityContext":{"capabilities":null}}"#, version: "v1.21"),
    Case(
      say: "a folder of the node", spec: #"{"volumes":[{"name":"v","hostPath":{"path":"/"}}]}"#,
      baseline: #"hostPath volumes (volume "v")"#,
      restricted: #"restricted volume types (volume "v" uses restricted volume type "hostPath")"#),
    Case(
      say: "a file server's folder",
      spec: #"{"volumes":[{"name":"v","nfs":{"server":"s","path":"/"}}]}"#,
      restricted: #"restricted volume types (volume "v" uses restricted volume type "nfs")"#),
    Case(
      say: "volumes that everybody may have",
      spec: #"{"volumes":[{"name":"a","emptyDir":{}},{"name":"b","configMap":{"name":"b"}},"#
        + #"{"name":"d","persistentVolumeClaim":{"claimName":"d"}}]}"#),
    Case(
      say: "a port of the node", container: #"{"ports":[{"containerPort":80,"hostPort":80}]}"#,
      baseline: #"hostPort (container "c" uses hostPort 80)"#),
    Case(
      say: "privileges that may grow",
      container: #"{"securityContext":{"allowPrivilegeEscalation":true}}"#,
      restricted: #"allowPrivilegeEscalation != false (container "c" must set "#
        + "securityContext.allowPrivilegeEscalation=false)"),
    Case(
      say: "privileges that may grow, before that was asked",
      container: #"{"securityContext":{"allowPrivilegeEscalation":true}}"#, version: "v1.7"),
    Case(
      say: "root not ruled out", spec: #"{"securityContext":{"runAsNonRoot":null}}"#,
      restricted: #"runAsNonRoot != true (pod or container "c" must set "#
        + "securityContext.runAsNonRoot=true)"),
    Case(
      say: "root by its number", spec: #"{"securityContext":{"runAsUser":0}}"#,
      restricted: "runAsUser=0 (pod must not set runAsUser=0)"),
    Case(
      say: "root by its number, before that was asked",
      spec: #"{"securityContext":{"runAsUser":0}}"#, version: "v1.22"),
    Case(
      say: "calls not filtered", spec: #"{"securityContext":{"seccompProfile":null}}"#,
      restricted: #"seccompProfile (pod or container "c" must set "#
        + #"securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")"#),
    Case(
      say: "a filter switched off",
      spec: #"{"securityContext":{"seccompProfile":{"type":"Unconfined"}}}"#,
      baseline: #"seccompProfile (pod must not set securityContext.seccompProfile.type to "#
        + #""Unconfined")"#),
    Case(
      say: "an unsafe setting of the kernel",
      spec: #"{"securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]}}"#,
      baseline: "forbidden sysctls (kernel.msgmax)"),
    Case(
      say: "a setting that became safe",
      spec: #"{"securityContext":{"sysctls":[{"name":"net.ipv4.tcp_keepalive_time","#
        + #""value":"1"}]}}"#),
    Case(
      say: "the same before it did",
      spec: #"{"securityContext":{"sysctls":[{"name":"net.ipv4.tcp_keepalive_time","#
        + #""value":"1"}]}}"#, baseline: "forbidden sysctls (net.ipv4.tcp_keepalive_time)",
      version: "v1.28"),
    Case(
      say: "a type of SELinux of one's own",
      spec: #"{"securityContext":{"seLinuxOptions":{"type":"spc_t"}}}"#,
      baseline: #"seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t")"#),
    Case(
      say: "no profile of AppArmor",
      spec: #"{"securityContext":{"appArmorProfile":{"type":"Unconfined"}}}"#,
      baseline: "forbidden AppArmor profile"),
    Case(
      say: "Windows, which has none of it",
      spec: #"{"os":{"name":"windows"},"securityContext":{"seccompProfile":null}}"#,
      container: #"{"securityContext":null}"#),
  ]

  private func pod(_ one: Case) throws -> Value {
    var spec = MergePatch.apply(try JSON.parse(Array(one.spec.utf8)), to: Self.sound)
    let container = spec["containers"]?[0] ?? [:]
    spec["containers"] = [
      MergePatch.apply(try JSON.parse(Array(one.container.utf8)), to: container)
    ]
    return ["metadata": ["name": "p"], "spec": spec]
  }

  @Test("each level takes what it allows and says what it does not", arguments: cases)
  func levels(_ one: Case) throws {
    let server = APIServer(timeline: Timeline(now: Moment(seconds: 1_780_304_400)), seed: 1)
    server.bootstrap(authority: "authority", address: "172.30.1.2")
    let client = ComponentClient(
      server: server, user: UserInfo(name: "b", groups: ["system:masters"]), manager: "b")
    for (level, told) in [
      ("privileged", []), ("baseline", [one.baseline]),
      ("restricted", [one.baseline, one.restricted]),
    ] {
      let expected = told.filter { !$0.isEmpty }
      let label = "pod-security.kubernetes.io/enforce"
      _ = try client.create(
        .namespaces,
        [
          "metadata": [
            "name": .string(level),
            "labels": [label: .string(level), "\(label)-version": .string(one.version)],
          ]
        ])
      _ = try client.create(.serviceAccounts, ["metadata": ["name": "default"]], namespace: level)
      var refusal = ""
      do { _ = try client.create(.pods, try pod(one), namespace: level) } catch let error
        as StatusError
      {
        refusal = error.message
      }
      // Restricted says more closely what baseline refuses already.
      let wanted = level == "restricted" && !one.restricted.isEmpty ? [one.restricted] : expected
      #expect(refusal.isEmpty == expected.isEmpty, "\(level): \(refusal)")
      for words in wanted { #expect(refusal.contains(words), "\(level): \(refusal)") }
      if !refusal.isEmpty {
        #expect(
          refusal.hasPrefix(
            "pods \"p\" is forbidden: violates PodSecurity \"\(level):\(one.version)\": "),
          "\(refusal)")
      }
    }
  }
}
