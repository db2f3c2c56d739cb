import Testing

@testable import KubeCluster

/// What no recording of one line can show: programs that kubectl gets credentials from, and watches
/// that end by a timeout.
@Suite struct KubectlCredentialTests {
  private func cluster(answering status: String) -> Cluster {
    let cluster = Cluster(.apiserver, seed: 1)
    _ = cluster.shell.run(
      """
      kubectl create sa bot; kubectl create clusterrolebinding bot --clusterrole=view \
      --serviceaccount=default:bot; kubectl create token bot > token
      cat > plugin <<'END'
      #!/bin/sh
      echo "asked $1 $MODE" >&2; echo "$KUBERNETES_EXEC_INFO" >> asked
      echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",\(status)}' |
        sed "s/TOKEN/$(cat /root/token)/"
      END
      chmod +x plugin
      kubectl config set-credentials p --exec-command=/root/plugin --exec-arg=one \
      --exec-env=MODE=two --exec-api-version=client.authentication.k8s.io/v1 \
      --exec-interactive-mode=Never
      """)
    return cluster
  }

  @Test("a credential plug-in is run with its arguments and question, and its token is used")
  func token() {
    let cluster = cluster(answering: #""status":{"token":"TOKEN"}"#)
    let who = cluster.shell.run(
      "kubectl --user=p auth whoami -o jsonpath={.status.userInfo.username}")
    #expect(who.output == "system:serviceaccount:default:bot", "\(who)")
    #expect(who.errors == "asked one two\n")
    #expect(
      cluster.shell.run("head -1 asked").output
        == #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}"#
        + "\n")
    #expect(cluster.shell.run("kubectl --user=p get secrets").errors.contains("Forbidden"))
  }

  @Test(
    "an answer that is none says why",
    arguments: [
      (#""status":{}"#, "exec plugin didn't return a token or cert/key pair"),
      (#""spec":{}"#, "exec plugin didn't return a status field"),
      (
        #""status":{"clientKeyData":"x"}"#,
        "exec plugin returned only certificate or key, not both"
      ),
    ])
  func refused(status: String, text: String) {
    let cluster = cluster(answering: status)
    let answer = cluster.shell.run("kubectl --user=p auth whoami")
    #expect(answer.status == 1)
    #expect(
      answer.errors.hasSuffix("Unable to connect to the server: getting credentials: \(text)\n"),
      "\(answer.errors)")
  }

  @Test("--request-timeout ends a watch without a word")
  func timeout() {
    let cluster = Cluster(.apiserver, seed: 1)
    let answer = cluster.shell.run(
      "S=$(date +%s); kubectl get ns default -w -o name --request-timeout=3s; "
        + "echo $? $(( $(date +%s) - S ))")
    #expect(answer.output == "namespace/default\n0 3\n", "\(answer)")
  }
}
