import Testing

@testable import KubeCluster

/// What kubectl says of containers that do not run, and port-forward in the background.
@Suite struct PortForwardTests {
  @Test("a forward in the background serves several connections and ends with its signal")
  func background() {
    let cluster = Cluster(.single, seed: 1)
    let result = cluster.shell.run(
      """
      kubectl run web --image=nginx; kubectl wait --for=condition=Ready pod/web
      kubectl port-forward web 8080:80 & sleep 1
      curl -s localhost:8080 | head -1; curl -s localhost:8080 | head -1
      kill %1; sleep 1; curl -s localhost:8080; echo "curl $?"
      kubectl port-forward web 8080:80 > /dev/null & sleep 1
      curl -s localhost:8080 | head -1; kill $!; wait $!; echo "wait $?"
      kubectl port-forward web 8081:99 & sleep 1
      curl -s localhost:8081; echo "curl $?"; sleep 1; jobs
      """)
    let pieces = [
      "Forwarding from 127.0.0.1:8080 -> 80\nForwarding from [::1]:8080 -> 80\n",
      "Handling connection for 8080\n<!DOCTYPE html>\nHandling connection for 8080\n<!DOCTYPE html>\n",
      "curl 7\n", "<!DOCTYPE html>\nwait 143\n", "curl 52\n",
    ]
    for piece in pieces { #expect(result.output.contains(piece), "\(piece) in \(result.output)") }
    #expect(
      result.errors.contains("an error occurred forwarding 8081 -> 99: error forwarding port"))
    #expect(result.errors.contains("error: lost connection to pod\n"))
  }

  @Test(
    "containers that do not run are refused in the kubelet's words, as the API server passes on")
  func refusals() {
    let cluster = Cluster(.single, seed: 1)
    _ = cluster.shell.run(
      """
      kubectl run crash --image=busybox -- sh -c 'exit 3'
      kubectl run bad --image=nginx:nosuch
      kubectl run web --image=nginx
      kubectl run pend --image=nginx --overrides='{"spec":{"nodeSelector":{"no":"such"}}}'
      sleep 20
      """)
    let lines = [
      (
        "kubectl exec crash -- date",
        "error: Internal error occurred: unable to upgrade connection: container not found "
          + "(\"crash\")\n"
      ),
      (
        "kubectl attach -q bad",
        "error: Internal error occurred: unable to upgrade connection: container bad not found in "
          + "pod bad_default\n"
      ),
      (
        "kubectl exec pend -- date",
        "Error from server (BadRequest): pod pend does not have a host assigned\n"
      ),
      (
        "kubectl exec web -c x -- date",
        "Error from server (BadRequest): container x is not valid for pod web\n"
      ),
      (
        "kubectl exec web -- nosuch 2>&1 | cut -d: -f1-4 >&2; false",
        "error: Internal error occurred: Internal error occurred: error executing command in "
          + "container\n"
      ),
      (
        "kubectl cp crash:/etc/hostname h",
        "error: Internal error occurred: unable to upgrade connection: container not found "
          + "(\"crash\")\n"
      ),
    ]
    for (line, words) in lines {
      let result = cluster.shell.run(line)
      #expect(result.errors == words, "\(line)")
      #expect(result.status == 1, "\(line)")
    }
    // A Pod whose container waits to be started again still has its sandbox.
    let forward = cluster.shell.run("timeout 2 kubectl port-forward crash 8080:80")
    #expect(forward.output.hasPrefix("Forwarding from 127.0.0.1:8080 -> 80\n"))
    _ = cluster.shell.run("ssh controlplane systemctl stop kubelet")
    let stopped = cluster.shell.run("kubectl logs web --tail=1; kubectl exec web -- date")
    #expect(stopped.errors.contains("Error from server: Get \"https://"))
    #expect(
      stopped.errors.contains(":10250/containerLogs/default/web/web?tailLines=1\": dial tcp "))
    #expect(
      stopped.errors.contains(
        "error: Internal error occurred: error sending request: Post \"https://"))
  }
}
