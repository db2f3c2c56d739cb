import Documents
import KubeAPIServer
import KubeObjects
import Simulation
import Testing

@testable import KubeScheduler

/// Rules of upstream's scheduler that no recording shows.
@Suite struct UnrecordedPlacementTests {
  private static let node = """
    apiVersion: v1
    kind: Node
    metadata: {name: n1}
    status: {allocatable: {cpu: "1", memory: 8Gi, pods: "110"}}
    """

  private func scene(_ text: String, node: String = node) throws -> Reef {
    let reef = try Reef()
    try add(node, reef)
    try add(text, reef)
    return reef
  }

  private func add(_ text: String, _ reef: Reef) throws {
    for document in Manifest(text).documents { try reef.create(document.value) }
    reef.timeline.advance(by: .seconds(1))
  }

  private func pod(_ name: String, _ reef: Reef) throws -> Value {
    try reef.client.get(.pods, name, namespace: Reef.namespace)
  }

  private func message(_ name: String, _ reef: Reef) throws -> String? {
    try pod(name, reef).condition("PodScheduled")?["message"]?.string
  }

  @Test("names of nodes that exclude each other are a conflict before any node is looked at")
  func conflict() throws {
    let reef = try scene(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        affinity:
          nodeAffinity:
            requiredDuringSchedulingIgnoredDuringExecution:
              nodeSelectorTerms:
              - matchFields:
                - {key: metadata.name, operator: In, values: [n1]}
                - {key: metadata.name, operator: In, values: [n2]}
        containers: [{name: c, image: i}]
      """)
    #expect(
      try message("p", reef)
        == "0/1 nodes are available: pod affinity terms conflict. not found")
  }

  private static let volume = """
    apiVersion: v1
    kind: PersistentVolume
    metadata: {name: v, labels: {topology.kubernetes.io/zone: west}}
    spec:
      capacity: {storage: 1Gi}
      accessModes: [ReadWriteOnce]
      storageClassName: ""
      hostPath: {path: /srv}
      claimRef: {namespace: ns, name: c}
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: c}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: ""
      resources: {requests: {storage: 1Gi}}
    """

  private static let user = """
    apiVersion: v1
    kind: Pod
    metadata: {name: p}
    spec:
      containers: [{name: c, image: i}]
      volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]
    """

  @Test(
    "a volume's zone is held against nodes of zones only",
    arguments: [
      ("{}", true), ("{topology.kubernetes.io/zone: west}", true),
      ("{topology.kubernetes.io/zone: east}", false),
      ("{topology.kubernetes.io/region: here}", false),
    ])
  func zone(_ labels: String, _ isPlaced: Bool) throws {
    let reef = try scene(
      Self.volume, node: Self.node.replacing("{name: n1}", with: "{name: n1, labels: \(labels)}"))
    reef.timeline.advance(by: .seconds(5))
    try add(Self.user, reef)
    #expect((try pod("p", reef)[path: "spec", "nodeName"] != nil) == isPlaced)
    if !isPlaced {
      #expect(try message("p", reef)?.contains("1 node(s) had no available volume zone") == true)
    }
  }

  private static let provisioned = """
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: slow}
    provisioner: nobody.example
    volumeBindingMode: WaitForFirstConsumer
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: c}
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: slow
      resources: {requests: {storage: 1Gi}}
    """

  @Test("a volume that nobody makes is waited for ten minutes, and then that is told")
  func bindTimeout() throws {
    let reef = try scene(Self.provisioned)
    try add(Self.user, reef)
    reef.timeline.advance(by: .seconds(590))
    func failures() throws -> [Value] {
      try reef.client.list(.events).filter {
        $0["message"]
          == "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded"
      }
    }
    #expect(try failures().isEmpty)
    reef.timeline.advance(by: .seconds(15))
    #expect(try failures().map { $0["reason"] } == ["FailedScheduling"])
  }

  @Test("a claim that is yet to be provisioned counts against its driver's limit")
  func volumeLimit() throws {
    let reef = try scene(Self.provisioned)
    try add(
      """
      apiVersion: storage.k8s.io/v1
      kind: CSINode
      metadata: {name: n1}
      spec: {drivers: [{name: nobody.example, nodeID: n1, allocatable: {count: 0}}]}
      """, reef)
    try add(Self.user, reef)
    #expect(
      try message("p", reef)?.hasPrefix(
        "0/1 nodes are available: 1 node(s) exceed max volume count.") == true)
  }

  private static func pod(_ name: String, _ priority: String, cpu: String) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name)}
    spec:
      priorityClassName: \(priority)
      terminationGracePeriodSeconds: 30
      containers: [{name: c, image: i, resources: {requests: {cpu: \(cpu)}}}]
    """
  }

  private static let classes = """
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: low}
    value: 1
    ---
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: middle}
    value: 2
    ---
    apiVersion: scheduling.k8s.io/v1
    kind: PriorityClass
    metadata: {name: high}
    value: 3
    """

  @Test("who waits for victims to end keeps its node, unless somebody more important takes it")
  func promises() throws {
    let reef = try scene(Self.classes)
    try add(Self.pod("victim", "low", cpu: "1"), reef)
    try add(Self.pod("waits", "middle", cpu: "1"), reef)
    func nominated(_ name: String) throws -> Value? {
      try pod(name, reef)[path: "status", "nominatedNodeName"]
    }
    #expect(try nominated("waits") == "n1")
    // Tried again while its victim is still ending.
    _ = try reef.client.patch(
      .nodes, "n1", .merge, ["status": ["allocatable": ["cpu": "1100m"]]], subresource: "status")
    reef.timeline.advance(by: .seconds(15))
    #expect(
      try message("waits", reef)?.contains(
        "not eligible due to a terminating pod on the nominated node.") == true)
    #expect(try nominated("waits") == "n1")
    try add(Self.pod("urgent", "high", cpu: "1"), reef)
    #expect(try nominated("urgent") == "n1")
    #expect(try nominated("waits") == nil)
  }

  @Test("room that one Pod is promised is not made a second time for an equal one")
  func promisedRoom() throws {
    let reef = try scene(Self.classes)
    try add(Self.pod("victim", "low", cpu: "600m"), reef)
    try add(Self.pod("one", "high", cpu: "600m"), reef)
    try add(Self.pod("two", "high", cpu: "600m"), reef)
    #expect(try pod("one", reef)[path: "status", "nominatedNodeName"] == "n1")
    #expect(try pod("two", reef)[path: "status", "nominatedNodeName"] == nil)
    // SelectVictimsOnNode runs the filters with the Pods that are nominated to the node.
    #expect(
      try message("two", reef)
        == "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, "
        + "preemption: 0/1 nodes are available: 1 Insufficient cpu.")
  }

  private static func user(of disk: String, _ name: String) -> String {
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: \(name)}
    spec:
      containers: [{name: c, image: i}]
      volumes: [{name: v, \(disk)}]
    """
  }

  @Test(
    "a disk that is attached to a node is there for one Pod, or for readers",
    arguments: [
      ("gcePersistentDisk: {pdName: a}", "gcePersistentDisk: {pdName: a}", false),
      ("gcePersistentDisk: {pdName: a}", "gcePersistentDisk: {pdName: b}", true),
      (
        "gcePersistentDisk: {pdName: a, readOnly: true}",
        "gcePersistentDisk: {pdName: a, readOnly: true}", true
      ),
      (
        "awsElasticBlockStore: {volumeID: a, readOnly: true}",
        "awsElasticBlockStore: {volumeID: a, readOnly: true}", false
      ),
      (
        "iscsi: {targetPortal: 10.0.0.1, iqn: 'iqn.2001-04.com.example:x', lun: 0}",
        "iscsi: {targetPortal: 10.0.0.2, iqn: 'iqn.2001-04.com.example:x', lun: 0}", false
      ),
      ("rbd: {monitors: [a, b], image: i}", "rbd: {monitors: [b], image: i}", false),
      ("rbd: {monitors: [a], image: i}", "rbd: {monitors: [b], image: i}", true),
    ])
  func disk(_ first: String, _ second: String, _ isPlaced: Bool) throws {
    let reef = try scene(Self.user(of: first, "one"))
    try add(Self.user(of: second, "two"), reef)
    #expect(try pod("one", reef)[path: "spec", "nodeName"] == "n1")
    #expect((try pod("two", reef)[path: "spec", "nodeName"] != nil) == isPlaced)
    guard !isPlaced else { return }
    #expect(
      try message("two", reef)?.hasPrefix(
        "0/1 nodes are available: 1 node(s) had no available disk.") == true)
    try reef.client.delete(
      .pods, "one", namespace: Reef.namespace, options: ["gracePeriodSeconds": 0])
    reef.timeline.advance(by: .seconds(5))
    #expect(try pod("two", reef)[path: "spec", "nodeName"] == "n1")
  }

  @Test(
    "a driver that tells of its space is believed",
    arguments: [
      ("capacity: 2Gi", "n1", true), ("capacity: 500Mi", "n1", false),
      ("{capacity: 2Gi, maximumVolumeSize: 500Mi}", "n1", false), ("capacity: 2Gi", "n2", false),
    ])
  func space(_ capacity: String, _ host: String, _ isPlaced: Bool) throws {
    let reef = try scene(
      Self.provisioned,
      node: Self.node.replacing(
        "{name: n1}", with: "{name: n1, labels: {kubernetes.io/hostname: n1}}"))
    try add(
      """
      apiVersion: storage.k8s.io/v1
      kind: CSIDriver
      metadata: {name: nobody.example}
      spec: {storageCapacity: true}
      """, reef)
    var offer: Value = [
      "apiVersion": "storage.k8s.io/v1", "kind": "CSIStorageCapacity", "metadata": ["name": "s"],
      "storageClassName": "slow",
      "nodeTopology": ["matchLabels": ["kubernetes.io/hostname": .string(host)]],
    ]
    for (key, value) in Manifest(capacity).documents.first?.value.object ?? [:] {
      offer[key] = value
    }
    _ = try reef.client.create(
      Reef.resource(of: "CSIStorageCapacity", "storage.k8s.io/v1"), offer,
      namespace: Reef.namespace)
    reef.timeline.advance(by: .seconds(1))
    try add(Self.user, reef)
    let found = try pod("p", reef)
    if isPlaced {
      #expect(found[path: "status", "nominatedNodeName"] == "n1")
    } else {
      #expect(
        try message("p", reef)?.hasPrefix(
          "0/1 nodes are available: 1 node(s) did not have enough free storage.") == true)
    }
  }

  @Test("an emptied zone that goes no longer holds the others back")
  func zoneGone() throws {
    func node(_ name: String, _ zone: String) -> String {
      Self.node.replacing(
        "{name: n1}", with: "{name: \(name), labels: {topology.kubernetes.io/zone: \(zone)}}")
    }
    let reef = try scene(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: one, labels: {app: a}}
      spec: {nodeName: n1, containers: [{name: c, image: i}]}
      """, node: node("n1", "west"))
    try add(node("n2", "east").replacing("110", with: "0"), reef)
    try add(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: two, labels: {app: a}}
      spec:
        containers: [{name: c, image: i}]
        topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: DoNotSchedule
          labelSelector: {matchLabels: {app: a}}
      """, reef)
    #expect(try pod("two", reef)[path: "spec", "nodeName"] == nil)
    try reef.client.delete(.nodes, "n2")
    reef.timeline.advance(by: .seconds(5))
    #expect(try pod("two", reef)[path: "spec", "nodeName"] == "n1")
  }

  @Test("a Pod that is resized takes the larger of what it has and what it is to have")
  func resize() throws {
    let reef = try scene(Self.classes)
    try add(Self.pod("one", "high", cpu: "200m"), reef)
    func tell(_ cpu: String) throws {
      _ = try reef.client.patch(
        .pods, "one", namespace: Reef.namespace, .merge,
        [
          "status": [
            "containerStatuses": [
              [
                "name": "c", "image": "i", "imageID": "", "ready": true, "restartCount": 0,
                "resources": ["requests": ["cpu": .string(cpu)]],
                "allocatedResources": ["cpu": .string(cpu)],
              ]
            ],
            "conditions": [["type": "PodResizeInProgress", "status": "True"]],
          ]
        ], subresource: "status")
      reef.timeline.advance(by: .seconds(1))
    }
    try tell("800m")
    try add(Self.pod("two", "high", cpu: "500m"), reef)
    #expect(try pod("two", reef)[path: "spec", "nodeName"] == nil)
    try tell("200m")
    reef.timeline.advance(by: .seconds(15))
    #expect(try pod("two", reef)[path: "spec", "nodeName"] == "n1")
  }

  @Test("a generic ephemeral volume is not another's claim of the same name")
  func foreignClaim() throws {
    let reef = try scene(
      Self.provisioned.replacing("metadata: {name: c}", with: "metadata: {name: p-v}"))
    try add(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        containers: [{name: c, image: i}]
        volumes:
        - name: v
          ephemeral:
            volumeClaimTemplate:
              spec:
                accessModes: [ReadWriteOnce]
                storageClassName: slow
                resources: {requests: {storage: 1Gi}}
      """, reef)
    #expect(
      try message("p", reef)
        == "0/1 nodes are available: PVC ns/p-v was not created for pod ns/p (pod is not owner). "
        + "not found")
  }
}
