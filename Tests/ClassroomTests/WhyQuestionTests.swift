import Testing

@testable import Classroom

@Suite struct WhyQuestionTests {
  @Test(
    "why names the field behind a state and what would change it",
    arguments: [
      (
        "kubectl cordon node01; kubectl taint nodes node01 tier=db:NoSchedule", "node/node01",
        [
          "node/node01 is Ready, SchedulingDisabled\n", "spec.unschedulable is true",
          "→ kubectl uncordon node01\n", "spec.taints: tier=db:NoSchedule",
          "kubectl taint nodes node01 tier:NoSchedule-",
        ]
      ),
      (
        "ssh node01 systemctl stop kubelet; skip 2m", "no/node01",
        [
          "node/node01 is NotReady\n", "NodeStatusUnknown: Kubelet stopped posting node status.",
          "→ ssh node01, then: systemctl status kubelet",
        ]
      ),
      ("true", "node/node02", ["└ it takes Pods, and has "]),
      (
        "kubectl create job j --image=busybox -- false; kubectl patch job j -p "
          + "'{\"spec\":{\"backoffLimit\":1}}'; skip 5m",
        "job/j",
        ["job/j failed\n", "BackoffLimitExceeded: ", "raise spec.backoffLimit (1)", "pod/j-"]
      ),
      (
        "kubectl create job j --image=nginx:nope -- true; skip 1m", "job/j",
        ["job/j has 0 of 1 successful end\n", "1 Pod of it runs or waits", "ImagePull"]
      ),
      ("kubectl create job j --image=busybox -- true; skip 1m", "job/j", ["job/j is complete\n"]),
      (
        "kubectl create cronjob c --image=busybox --schedule='* * * * *' -- true; kubectl patch "
          + "cronjob c -p '{\"spec\":{\"suspend\":true}}'",
        "cj/c",
        ["cronjob/c (* * * * *) has made no Job yet\n", "spec.suspend is true"]
      ),
      (
        "kubectl create cronjob c --image=busybox --schedule='* * * * *' -- sleep 1d; kubectl "
          + "patch cronjob c -p '{\"spec\":{\"concurrencyPolicy\":\"Forbid\"}}'; skip 3m",
        "cronjob/c", ["spec.concurrencyPolicy is Forbid and job/c-", "has not ended"]
      ),
      (
        "kubectl create ns gone; kubectl create cm held -n gone; kubectl patch cm held -n gone "
          + "--type=merge -p '{\"metadata\":{\"finalizers\":[\"my.org/keep\"]}}'; kubectl delete "
          + "ns gone --wait=false; skip 1m",
        "ns/gone",
        [
          "namespace/gone is Terminating\n",
          "configmaps held is held by metadata.finalizers: my.org/keep\n",
          "kubectl patch configmaps held -n gone --type=merge",
        ]
      ),
      ("true", "ns/default", ["namespace/default is Active\n"]),
      (
        "kubectl create deploy d --image=nginx; kubectl scale deploy d --replicas=0", "deploy/d",
        ["deployment/d has 0 of 0 Pods ready\n", "spec.replicas is 0", "--replicas=1"]
      ),
      (
        "kubectl create deploy d --image=nginx; kubectl rollout pause deploy d; skip 30s",
        "deploy/d", ["deployment/d has 1 of 1 Pod ready\n", "spec.paused is true"]
      ),
      (
        "kubectl create quota q --hard=pods=0; kubectl create deploy d --image=nginx; skip 30s",
        "deploy/d", ["exceeded quota: q", "raise spec.hard of the ResourceQuota"]
      ),
      (
        "kubectl create deploy d --image=nginx; kubectl autoscale deploy d --min=1 --max=3 "
          + "--cpu=50%; skip 2m",
        "hpa/d", ["hpa/d has 1 replica and wants 0\n", "is metrics-server there?"]
      ),
      (
        "kubectl create ing i --class=nope --rule='a.b/*=svc:80,tls=key'", "ing/i",
        [
          "ingress/i has no address\n", "spec.ingressClassName: there is no IngressClass nope",
          "spec.rules[0].http.paths[0].backend: there is no Service svc in namespace default",
          "spec.tls[0].secretName: there is no Secret key",
        ]
      ),
      (
        "kubectl create deploy d --image=nginx; kubectl expose deploy d --port=80; kubectl create "
          + "ing i --rule='a.b/*=d:81'; skip 30s",
        "ing/i", ["spec.ingressClassName is not set", "Service d has no port 81\n  → it has 80"]
      ),
      (
        "kubectl create deploy d --image=nginx:nope; kubectl expose deploy d --port=80; skip 30s",
        "svc/d", ["service/d has no ready endpoints: its only Pod is not ready\n"]
      ),
    ])
  func answers(setup: String, object: String, words: [String]) throws {
    let pupil = try Pupil("kubeadm")
    try pupil.say(setup)
    let told = try pupil.say("why \(object)")
    for word in words { #expect(told.contains(word), "\(told)") }
  }
}
