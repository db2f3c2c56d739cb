import Documents
import Simulation
import Testing

@testable import Kubectl

/// What `kubectl get` prints.
@Suite struct GetTests {
  static let pods: Value = [
    "kind": "Table", "apiVersion": "meta.k8s.io/v1",
    "columnDefinitions": [
      ["name": "Name", "priority": 0], ["name": "Ready", "priority": 0],
      ["name": "Status", "priority": 0], ["name": "Restarts", "priority": 0],
      ["name": "Age", "priority": 0], ["name": "IP", "priority": 1],
    ],
    "rows": [
      row("barge", "0/1", "Pending", "4m", "<none>", ["app": "barge", "tier": "deck"]),
      row("ferry", "0/1", "SchedulingGated", "4m", "<none>", ["app": "ferry"]),
      row("tug", "2/2", "Running", "4m", "10.1.0.4", ["app": "tug", "tier": "deck"]),
    ],
  ]

  static func row(
    _ name: String, _ ready: String, _ status: String, _ age: String, _ address: String,
    _ labels: [String: String]
  ) -> Value {
    [
      "cells": [.string(name), .string(ready), .string(status), 0, .string(age), .string(address)],
      "object": [
        "metadata": ["name": .string(name), "namespace": "harbor", "labels": .strings(labels)]
      ],
    ]
  }

  static func station() -> Workstation {
    let server = ScriptedServer()
    server.answers["GET /api/v1/namespaces/harbor/pods"] = pods
    server.answers["GET /api/v1/pods"] = pods
    server.answers["GET /api/v1/namespaces/harbor/pods/tug"] = pods
    server.answers["GET /api/v1/namespaces/harbor/services"] = [
      "kind": "Table", "columnDefinitions": [["name": "Name"]], "rows": [],
    ]
    server.answers["GET /api/v1/namespaces/harbor/configmaps"] = [
      "kind": "ConfigMapList", "apiVersion": "v1",
      "items": [["metadata": ["name": "a"]], ["metadata": ["name": "b"]]],
    ]
    return Workstation(server)
  }

  @Test(
    "tables are aligned as kubectl aligns them",
    arguments: [
      (
        "get pods",
        """
        NAME    READY   STATUS            RESTARTS   AGE
        barge   0/1     Pending           0          4m
        ferry   0/1     SchedulingGated   0          4m
        tug     2/2     Running           0          4m

        """
      ),
      (
        "get po -L app,tier --no-headers",
        """
        barge   0/1   Pending           0     4m    barge   deck
        ferry   0/1   SchedulingGated   0     4m    ferry   
        tug     2/2   Running           0     4m    tug     deck

        """
      ),
      (
        "get pods --show-kind -A",
        """
        NAMESPACE   NAME        READY   STATUS            RESTARTS   AGE
        harbor      pod/barge   0/1     Pending           0          4m
        harbor      pod/ferry   0/1     SchedulingGated   0          4m
        harbor      pod/tug     2/2     Running           0          4m

        """
      ),
      (
        "get Pods -owide --show-labels",
        """
        NAME    READY   STATUS            RESTARTS   AGE   IP         LABELS
        barge   0/1     Pending           0          4m    <none>     app=barge,tier=deck
        ferry   0/1     SchedulingGated   0          4m    <none>     app=ferry
        tug     2/2     Running           0          4m    10.1.0.4   app=tug,tier=deck

        """
      ),
    ])
  func table(_ line: String, _ wanted: String) async throws {
    let result = try await Self.station().kubectl(line)
    #expect(result == .init(status: 0, output: wanted, errors: ""))
  }

  @Test("several kinds are printed one after another with their kinds before their names")
  func kinds() async throws {
    let result = try await Self.station().kubectl("get svc,po")
    #expect(result.output.hasPrefix("NAME        READY   STATUS"))
    #expect(result.output.contains("pod/tug     2/2     Running"))
  }

  @Test("nothing found is said on standard error")
  func nothing() async throws {
    let result = try await Self.station().kubectl("get svc")
    #expect(
      result == .init(status: 0, output: "", errors: "No resources found in harbor namespace.\n"))
  }

  @Test("objects of a list are named by their kind")
  func names() async throws {
    let result = try await Self.station().kubectl("get cm -o name")
    #expect(result.output == "configmap/a\nconfigmap/b\n")
  }

  @Test("ages are shortened as kubectl shortens them")
  func ages() {
    for (seconds, text) in [
      (5, "5s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (3600, "60m"), (10_800, "3h"),
      (11_160, "3h6m"), (86_400, "24h"), (172_800, "2d"), (200_000, "2d7h"), (864_000, "10d"),
      (70_000_000, "2y80d"), (400_000_000, "12y"),
    ] as [(Int64, String)] {
      #expect(ClockText.age(.seconds(seconds)) == text)
    }
  }

  @Test("runs of digits are sorted as numbers")
  func natural() {
    #expect(SortingOrder.isNaturallyLess("pod-9", "pod-10"))
    #expect(!SortingOrder.isNaturallyLess("pod-10", "pod-9"))
    #expect(SortingOrder.isLess(.string("500m"), .string("2")))
    #expect(SortingOrder.isLess(nil, .string("")))
  }
}
