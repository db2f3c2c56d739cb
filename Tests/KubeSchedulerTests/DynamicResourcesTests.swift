import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeScheduler

/// Devices that drivers offer, allocated to Pods that claim them.
@Suite struct DynamicResourcesTests {
  private static let setting = """
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
    ---
    apiVersion: v1
    kind: Node
    metadata: {name: n2}
    status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}
    ---
    apiVersion: resource.k8s.io/v1
    kind: DeviceClass
    metadata: {name: lathe}
    spec:
      selectors:
      - cel: {expression: device.driver == "lathes.example"}
      config:
      - opaque: {driver: lathes.example, parameters: {speed: 3}}
    ---
    apiVersion: resource.k8s.io/v1
    kind: ResourceSlice
    metadata: {name: n1-lathes}
    spec:
      driver: lathes.example
      nodeName: n1
      pool: {name: n1, generation: 1, resourceSliceCount: 1}
      devices:
      - name: l0
        attributes: {model: {string: small}, bench: {int: 1}, version: {version: 1.2.0}}
        capacity: {length: {value: 1Gi}}
      - name: l1
        attributes: {model: {string: large}, bench: {int: 1}, version: {version: 2.0.0}}
        capacity: {length: {value: 4Gi}}
      - name: l2
        attributes: {model: {string: large}, bench: {int: 2}, version: {version: 2.0.0}}
        capacity: {length: {value: 4Gi}}
    """

  private func scene(_ more: String...) throws -> Reef {
    let reef = try Reef()
    for text in [Self.setting] + more { try add(text, reef) }
    reef.timeline.advance(by: .seconds(2))
    return reef
  }

  private func add(_ text: String, _ reef: Reef) throws {
    for document in Manifest(text).documents { try reef.create(document.value) }
    reef.timeline.advance(by: .seconds(2))
  }

  private static func claim(_ name: String, _ requests: String, _ more: String = "") -> String {
    """
    apiVersion: resource.k8s.io/v1
    kind: ResourceClaim
    metadata: {name: \(name)}
    spec:
      devices:
        requests: \(requests)
        \(more)
    """
  }

  private static func pod(_ name: String, _ claim: String) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name)}
    spec:
      resourceClaims: [{name: tool, \(claim)}]
      containers: [{name: c, image: i, resources: {claims: [{name: tool}]}}]
    """
  }

  private func get(_ resource: GroupVersionResource, _ name: String, _ reef: Reef) throws -> Value {
    try reef.client.get(resource, name, namespace: Reef.namespace)
  }

  private func message(_ pod: String, _ reef: Reef) throws -> String? {
    try get(.pods, pod, reef).condition("PodScheduled")?["message"]?.string
  }

  private func devices(_ claim: Value) -> [String] {
    (claim[path: "status", "allocation", "devices", "results"]?.array ?? []).compactMap {
      $0["device"]?.string
    }
  }

  private static let exactly = "[{name: r, exactly: {deviceClassName: lathe"

  /// A request for one device by what its driver says of it.
  private static func chosen(_ expression: String) -> String {
    var text = expression
    for name in ["attributes", "capacity"] where text.hasPrefix(name) {
      text = "device.\(name)[\"lathes.example\"]" + text.dropFirst(name.count)
    }
    return exactly + ", selectors: [{cel: {expression: '\(text)'}}]}}]"
  }

  @Test(
    "the first devices that satisfy a claim are allocated to it",
    arguments: [
      (exactly + "}}]", "", ["l0"]),
      (exactly + ", count: 2}}]", "", ["l0", "l1"]),
      (exactly + ", allocationMode: All}}]", "", ["l0", "l1", "l2"]),
      (
        chosen(#"attributes.model == "large""#), "", ["l1"]
      ),
      (
        chosen(#"capacity.length.compareTo(quantity("2Gi")) > 0"#), "", ["l1"]
      ),
      (
        chosen(#"attributes.version.isGreaterThan(semver("1.9.0"))"#), "", ["l1"]
      ),
      // The second of a pair that shares a bench, and one that does not.
      (
        exactly + ", count: 2}}]",
        "constraints: [{requests: [r], matchAttribute: lathes.example/bench}]", ["l0", "l1"]
      ),
      (
        exactly + ", count: 2}}]",
        "constraints: [{requests: [r], matchAttribute: lathes.example/model}]", ["l1", "l2"]
      ),
      (
        "[{name: r, firstAvailable: [{name: many, deviceClassName: lathe, count: 4}, "
          + "{name: few, deviceClassName: lathe, count: 1}]}]", "", ["l0"]
      ),
      // An attribute of a domain that no device has is just not there.
      (
        chosen(#"!has(device.attributes["other.example"].x)"#), "", ["l0"]
      ),
    ])
  func allocation(_ requests: String, _ more: String, _ wanted: [String]) throws {
    let reef = try scene(
      Self.claim("c", requests, more), Self.pod("p", "resourceClaimName: c"))
    #expect(try get(.pods, "p", reef)[path: "spec", "nodeName"] == "n1")
    let claim = try get(Scheduler.deviceClaims, "c", reef)
    #expect(devices(claim) == wanted)
    #expect(claim[path: "status", "reservedFor"]?[0]?["name"] == "p")
    #expect(claim.finalizers == ["resource.kubernetes.io/delete-protection"])
    #expect(
      claim[path: "status", "allocation", "devices", "config"]?[0]?["source"] == "FromClass")
    let term = claim[path: "status", "allocation", "nodeSelector", "nodeSelectorTerms"]?[0]
    #expect(term?["matchFields"]?[0]?["values"] == ["n1"])
  }

  @Test("who finds no device says so, and runs when one comes free")
  func waiting() throws {
    let reef = try scene(
      Self.claim("all", Self.exactly + ", count: 3}}]"),
      Self.pod("first", "resourceClaimName: all"),
      Self.claim("one", Self.exactly + "}}]"), Self.pod("second", "resourceClaimName: one"))
    #expect(
      try message("second", reef)
        == "0/2 nodes are available: 2 cannot allocate all claims. still not schedulable, "
        + "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.")
    try reef.client.delete(
      .pods, "first", namespace: Reef.namespace, options: ["gracePeriodSeconds": 0])
    reef.timeline.advance(by: .seconds(30))
    #expect(try get(.pods, "second", reef)[path: "spec", "nodeName"] == "n1")
    let freed = try get(Scheduler.deviceClaims, "all", reef)
    #expect(freed[path: "status", "allocation"] == nil)
    #expect(freed.finalizers.isEmpty)
  }

  @Test("a search among very many possibilities comes to an end")
  func budget() throws {
    let devices = (0..<60).map { "{name: d\($0), attributes: {pair: {int: \($0)}}}" }
    let reef = try scene(
      """
      apiVersion: resource.k8s.io/v1
      kind: ResourceSlice
      metadata: {name: many}
      spec:
        driver: lathes.example
        nodeName: n2
        pool: {name: many, generation: 1, resourceSliceCount: 1}
        devices: [\(devices.joined(separator: ", "))]
      """,
      Self.claim(
        "c",
        "[{name: r, exactly: {deviceClassName: lathe, count: 20}}, "
          + "{name: s, exactly: {deviceClassName: lathe, count: 2}}]",
        "constraints: [{requests: [s], matchAttribute: lathes.example/pair}]"),
      Self.pod("p", "resourceClaimName: c"))
    #expect(
      try message("p", reef)?.contains("1 timed out trying to allocate devices") == true)
  }

  @Test("an unknown class of devices is told before any node is looked at")
  func unknownClass() throws {
    let reef = try scene(
      Self.claim("c", "[{name: r, exactly: {deviceClassName: drill}}]"),
      Self.pod("p", "resourceClaimName: c"))
    #expect(
      try message("p", reef)
        == "0/2 nodes are available: request r: device class drill does not exist. no new claims "
        + "to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for "
        + "scheduling.")
  }

  @Test("a Pod whose claim is not there is not even tried")
  func held() throws {
    let reef = try scene(Self.pod("p", "resourceClaimName: c"))
    let pod = try get(.pods, "p", reef)
    #expect(pod.condition("PodScheduled") == nil)
    #expect(reef.scheduler.decision(about: pod.uid)?.preFilter?.plugin == "DynamicResources")
    try add(Self.claim("c", Self.exactly + "}}]"), reef)
    #expect(try get(.pods, "p", reef)[path: "spec", "nodeName"] == "n1")
  }

  @Test("claims of a template come and go with their Pods")
  func templates() throws {
    let reef = try scene(
      """
      apiVersion: resource.k8s.io/v1
      kind: ResourceClaimTemplate
      metadata: {name: t}
      spec:
        metadata: {labels: {a: b}}
        spec: {devices: {requests: [{name: r, exactly: {deviceClassName: lathe}}]}}
      """, Self.pod("p", "resourceClaimTemplateName: t"),
      Self.pod("q", "resourceClaimTemplateName: t"))
    func claims() throws -> [Value] {
      try reef.client.list(Scheduler.deviceClaims, namespace: Reef.namespace)
    }
    #expect(try claims().flatMap(devices).sorted() == ["l0", "l1"])
    for claim in try claims() {
      #expect(claim.name.hasPrefix("p-tool-") || claim.name.hasPrefix("q-tool-"))
      #expect(claim.annotation("resource.kubernetes.io/pod-claim-name") == "tool")
      #expect(claim.label("a") == "b")
    }
    let status = try get(.pods, "p", reef)[path: "status", "resourceClaimStatuses"]?[0]
    #expect(status?["name"] == "tool")
    try reef.client.delete(
      .pods, "p", namespace: Reef.namespace, options: ["gracePeriodSeconds": 0])
    reef.timeline.advance(by: .seconds(30))
    #expect(try claims().map { $0.name.prefix(2) } == ["q-"])
  }
}
