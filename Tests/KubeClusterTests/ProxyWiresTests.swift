import Testing

@testable import KubeCluster

@Test(
  "the API server passes requests on to Pods, Services and kubelets",
  arguments: [
    ("kubectl get --raw /api/v1/namespaces/default/services/web/proxy/", "Welcome to nginx!"),
    ("kubectl get --raw /api/v1/namespaces/default/services/web/proxy", "Welcome to nginx!"),
    (
      "kubectl get --raw /api/v1/namespaces/default/services/http:web:80/proxy/none",
      "the server could not find the requested resource"
    ),
    ("kubectl get --raw /api/v1/namespaces/default/pods/web/proxy/", "Welcome to nginx!"),
    (
      "kubectl get --raw /api/v1/namespaces/default/pods/web:81/proxy/",
      ":81: connect: connection refused"
    ),
    (
      "kubectl get --raw /api/v1/namespaces/default/services/https:web:80/proxy/",
      "error trying to reach service: http: server gave HTTP response to HTTPS client"
    ),
    (
      "kubectl get --raw /api/v1/namespaces/default/services/web:99/proxy/",
      "no service port 99 found for service \"web\""
    ),
    ("kubectl get --raw /api/v1/nodes/node01/proxy/healthz", "ok"),
    (
      "kubectl get --raw /api/v1/nodes/node01/proxy/configz | jq -c '[.kubeletconfig.maxPods, "
        + ".kubeletconfig.syncFrequency, .kubeletconfig.evictionHard[\"memory.available\"]]'",
      "[110,\"1m0s\",\"100Mi\"]\n"
    ),
    (
      "kubectl get --raw /api/v1/nodes/node01/proxy/stats/summary | jq -r '.node.nodeName, "
        + "(.pods[] | select(.podRef.name | startswith(\"kube-proxy\")) | .containers[].name)'",
      "node01\nkube-proxy\n"
    ),
    (
      "kubectl get --raw /api/v1/nodes/node01/proxy/metrics/resource",
      "node_memory_working_set_bytes "
    ),
    ("kubectl get --raw /api/v1/nodes/node01/proxy/logs/", "<a href=\"pods/\">pods/</a>"),
    (
      "kubectl proxy --port=8001 & sleep 1; "
        + "curl -s localhost:8001/api/v1/namespaces/default/services/web/proxy/; kill %1",
      "Welcome to nginx!"
    ),
    (
      "kubectl get --raw /api/v1/nodes/node01/proxy/healthz --as=joe",
      "User \"joe\" cannot get resource \"nodes/proxy\" in API group \"\" at the cluster scope"
    ),
  ])
func proxying(_ line: String, _ told: String) {
  let cluster = Cluster.shop()
  let result = cluster.shell.run(line)
  #expect((result.output + result.errors).contains(told), "\(result.output)\(result.errors)")
}

@Test("where no kubelet runs its ports are closed, and the proxy says so")
func closedKubelet() {
  let desk = SurgeryDesk(.joining)
  #expect(desk.run("ssh node02 'curl -sk https://127.0.0.1:10250/healthz; echo $?'") == "7\n")
  desk.run("ssh node01 systemctl stop kubelet")
  #expect(
    desk.run("kubectl get --raw /api/v1/nodes/node01/proxy/healthz")
      == "Error from server (ServiceUnavailable): error trying to reach service: dial tcp "
      + "192.168.56.11:10250: connect: connection refused\n")
}
