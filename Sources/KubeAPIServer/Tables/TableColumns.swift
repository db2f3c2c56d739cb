/// The columns of every kind's table: name, type, format, priority and the number of a description.
enum TableColumns {
  /// The columns of a resource, by its plural.
  static func of(_ resource: String) -> [TableColumn] { all[resource] ?? [] }

  private static let all: [String: [TableColumn]] = {
    let descriptions = ColumnDescriptions.all
    var found: [String: [TableColumn]] = [:]
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: ";")).map {
        $0.drop { $0 == UInt8(ascii: " ") }
      }
      guard let name = parts.first else { continue }
      found[String(Substring(name))] = parts.dropFirst().map { part in
        let fields = part.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
          .map { String(Substring($0)) }
        guard fields.count == 5, let number = Int(fields[4]), number < descriptions.count else {
          preconditionFailure("a column is described by five fields: \(Substring(part))")
        }
        return TableColumn(
          fields[0], type: fields[1], format: fields[2], description: descriptions[number],
          priority: Int64(fields[3]) ?? 0)
      }
    }
    return found
  }()

  private static let text = """
    apiservices; Name,string,name,0,0; Service,string,,0,1; Available,string,,0,2; Age,string,,0,3
    certificatesigningrequests; Name,string,name,0,0; Age,string,,0,3; SignerName,string,,0,4; \
    Requestor,string,,0,5; RequestedDuration,string,,0,6; Condition,string,,0,7
    clusterrolebindings; Name,string,name,0,0; Role,string,,0,8; Age,string,,0,3; Users,string,,1,9; \
    Groups,string,,1,10; ServiceAccounts,string,,1,11
    clusterroles; Name,string,name,0,0; Created At,date,,0,3
    componentstatuses; Name,string,name,0,0; Status,string,,0,109; Message,string,,0,110; \
    Error,string,,0,111
    configmaps; Name,string,name,0,0; Data,string,,0,12; Age,string,,0,3
    controllerrevisions; Name,string,name,0,0; Controller,string,,0,13; Revision,string,,0,14; \
    Age,string,,0,3
    cronjobs; Name,string,name,0,0; Schedule,string,,0,15; Timezone,string,,0,16; \
    Suspend,boolean,,0,17; Active,integer,,0,18; Last Schedule,string,,0,19; Age,string,,0,3; \
    Containers,string,,1,20; Images,string,,1,21; Selector,string,,1,22
    csidrivers; Name,string,name,0,0; AttachRequired,boolean,,0,23; PodInfoOnMount,boolean,,0,24; \
    StorageCapacity,boolean,,0,25; TokenRequests,string,,0,26; RequiresRepublish,boolean,,0,27; \
    Modes,string,,0,28; Age,string,,0,3
    csinodes; Name,string,name,0,0; Drivers,integer,,0,29; Age,string,,0,3
    daemonsets; Name,string,name,0,0; Desired,integer,,0,112; Current,integer,,0,113; \
    Ready,integer,,0,114; Up-to-date,integer,,0,115; Available,integer,,0,116; Node \
    Selector,string,,0,117; Age,string,,0,3; Containers,string,,1,20; Images,string,,1,21; \
    Selector,string,,1,33
    deployments; Name,string,name,0,0; Ready,string,,0,30; Up-to-date,string,,0,31; \
    Available,string,,0,32; Age,string,,0,3; Containers,string,,1,20; Images,string,,1,21; \
    Selector,string,,1,33
    deviceclasses; Name,string,name,0,0; Age,string,,0,3
    endpoints; Name,string,name,0,0; Endpoints,string,,0,34; Age,string,,0,3
    endpointslices; Name,string,name,0,0; AddressType,string,,0,35; Ports,string,,0,36; \
    Endpoints,string,,0,37; Age,string,,0,3
    events; Last Seen,string,,0,118; Type,string,,0,119; Reason,string,,0,120; Object,string,,0,121; \
    Subobject,string,,1,122; Source,string,,1,123; Message,string,,0,124; First Seen,string,,1,125; \
    Count,string,,1,126; Name,string,name,1,0
    flowschemas; Name,string,name,0,0; PriorityLevel,string,,0,38; MatchingPrecedence,string,,0,39; \
    DistinguisherMethod,string,,0,40; Age,string,,0,3; MissingPL,string,,0,41
    horizontalpodautoscalers; Name,string,name,0,0; Reference,string,,0,42; Targets,string,,0,43; \
    MinPods,string,,0,44; MaxPods,string,,0,45; Replicas,string,,0,46; Age,string,,0,3
    ingressclasses; Name,string,name,0,0; Controller,string,,0,47; Parameters,string,,0,48; \
    Age,string,,0,3
    ingresses; Name,string,name,0,0; Class,string,,0,127; Hosts,string,,0,128; \
    Address,string,,0,129; Ports,string,,0,130; Age,string,,0,3
    ipaddresses; Name,string,name,0,0; ParentRef,string,,0,49
    jobs; Name,string,name,0,0; Status,string,,0,50; Completions,string,,0,51; \
    Duration,string,,0,52; Age,string,,0,3; Containers,string,,1,20; Images,string,,1,21; \
    Selector,string,,1,22
    leases; Name,string,name,0,0; Holder,string,,0,131; Age,string,,0,3
    mutatingadmissionpolicies; Name,string,name,0,0; Mutations,integer,,0,132; \
    ParamKind,string,,0,133; Age,string,,0,3
    mutatingadmissionpolicybindings; Name,string,name,0,0; PolicyName,string,,0,134; \
    ParamRef,string,,0,135; Age,string,,0,3
    mutatingwebhookconfigurations; Name,string,name,0,0; Webhooks,integer,,0,136; Age,string,,0,3
    namespaces; Name,string,name,0,0; Status,string,,0,169; Age,string,,0,3
    networkpolicies; Name,string,name,0,0; Pod-Selector,string,,0,58; Age,string,,0,3
    nodes; Name,string,name,0,0; Status,string,,0,137; Roles,string,,0,138; Age,string,,0,3; \
    Version,string,,0,139; Internal-IP,string,,1,140; External-IP,string,,1,141; \
    OS-Image,string,,1,142; Kernel-Version,string,,1,143; Container-Runtime,string,,1,144
    persistentvolumeclaims; Name,string,name,0,0; Status,string,,0,59; Volume,string,,0,60; \
    Capacity,string,,0,61; Access Modes,string,,0,62; StorageClass,string,,0,63; \
    VolumeAttributesClass,string,,0,64; Age,string,,0,3; VolumeMode,string,,1,65
    persistentvolumes; Name,string,name,0,0; Capacity,string,,0,145; Access Modes,string,,0,146; \
    Reclaim Policy,string,,0,147; Status,string,,0,148; Claim,string,,0,149; \
    StorageClass,string,,0,150; VolumeAttributesClass,string,,0,151; Reason,string,,0,152; \
    Age,string,,0,3; VolumeMode,string,,1,153
    poddisruptionbudgets; Name,string,name,0,0; Min Available,string,,0,154; Max \
    Unavailable,string,,0,155; Allowed Disruptions,integer,,0,156; Age,string,,0,3
    pods; Name,string,name,0,0; Ready,string,,0,66; Status,string,,0,67; Restarts,string,,0,68; \
    Age,string,,0,3; IP,string,,1,69; Node,string,,1,70; Nominated Node,string,,1,71; Readiness \
    Gates,string,,1,72
    podtemplates; Name,string,name,0,0; Containers,string,,0,20; Images,string,,0,21; Pod \
    Labels,string,,0,73
    priorityclasses; Name,string,name,0,0; Value,integer,,0,74; Global-Default,boolean,,0,75; \
    Age,string,,0,3; PreemptionPolicy,string,,0,76
    prioritylevelconfigurations; Name,string,name,0,0; Type,string,,0,77; \
    NominalConcurrencyShares,string,,0,78; Queues,string,,0,79; HandSize,string,,0,80; \
    QueueLengthLimit,string,,0,81; Age,string,,0,3
    replicasets; Name,string,name,0,0; Desired,integer,,0,157; Current,integer,,0,158; \
    Ready,integer,,0,159; Age,string,,0,3; Containers,string,,1,20; Images,string,,1,21; \
    Selector,string,,1,33
    replicationcontrollers; Name,string,name,0,0; Desired,integer,,0,82; Current,integer,,0,83; \
    Ready,integer,,0,84; Age,string,,0,3; Containers,string,,1,20; Images,string,,1,21; \
    Selector,string,,1,85
    resourceclaims; Name,string,name,0,0; State,string,,0,86; Age,string,,0,3
    resourceclaimtemplates; Name,string,name,0,0; Age,string,,0,3
    resourcequotas; Name,string,name,0,0; Request,string,,0,160; Limit,string,,0,161; \
    Age,string,,0,3
    resourceslices; Name,string,name,0,0; Node,string,,0,162; Driver,string,,0,163; \
    Pool,string,,0,164; Age,string,,0,3
    rolebindings; Name,string,name,0,0; Role,string,,0,165; Age,string,,0,3; Users,string,,1,166; \
    Groups,string,,1,167; ServiceAccounts,string,,1,168
    runtimeclasses; Name,string,name,0,0; Handler,string,,0,87; Age,string,,0,3
    scales; Name,string,name,0,0; Desired,integer,,0,157; Available,integer,,0,158; Age,string,,0,3
    secrets; Name,string,name,0,0; Type,string,,0,88; Data,string,,0,89; Age,string,,0,3
    serviceaccounts; Name,string,name,0,0; Age,string,,0,3
    servicecidrs; Name,string,name,0,0; CIDRs,string,,0,90; Age,string,,0,3
    services; Name,string,name,0,0; Type,string,,0,91; Cluster-IP,string,,0,92; \
    External-IP,string,,0,93; Port(s),string,,0,94; Age,string,,0,3; Selector,string,,1,95
    statefulsets; Name,string,name,0,0; Ready,string,,0,30; Age,string,,0,3; \
    Containers,string,,1,20; Images,string,,1,21
    storageclasses; Name,string,name,0,0; Provisioner,string,,0,96; ReclaimPolicy,string,,0,97; \
    VolumeBindingMode,string,,0,98; AllowVolumeExpansion,string,,0,99; Age,string,,0,3
    validatingadmissionpolicies; Name,string,name,0,0; Validations,integer,,0,100; \
    ParamKind,string,,0,101; Age,string,,0,3
    validatingadmissionpolicybindings; Name,string,name,0,0; PolicyName,string,,0,102; \
    ParamRef,string,,0,103; Age,string,,0,3
    validatingwebhookconfigurations; Name,string,name,0,0; Webhooks,integer,,0,136; Age,string,,0,3
    volumeattachments; Name,string,name,0,0; Attacher,string,name,0,104; PV,string,,0,105; \
    Node,string,,0,106; Attached,boolean,,0,107; Age,string,,0,3
    volumeattributesclasses; Name,string,name,0,0; DriverName,string,,0,108; Age,string,,0,3
    """
}
