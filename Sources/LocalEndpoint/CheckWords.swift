/// Each check in one plain sentence. A check that is not listed is told by its name.
enum CheckWords {
  static func of(_ check: String) -> String {
    if let words = known[check] { return words }
    return check.split(separator: "-").joined(separator: " ").capitalizedFirst + "."
  }

  /// Whether a check has a sentence of its own.
  static func hasWords(_ check: String) -> Bool { known[check] != nil }

  private static let known = hour.merging(hardware) { first, _ in first }.merging(rules) { first, _ in first }

  private static let hour = [
    "epoch-log-signature": "The log signed its list of hours.",
    "epoch-witness-quorum": "Enough independent witnesses signed the same list.",
    "epoch-inclusion": "The entry of this hour is in that list.",
    "epoch-leaf-index": "It stands at the one place that belongs to this hour.",
    "epoch-operator-signature": "The operator signed the entry.",
    "epoch-bundle-digest": "The keys that arrived are the ones of the entry, byte for byte.",
    "epoch-time": "The hour is the current one, and the signatures are recent.",
    "policy-logged": "The rules that decide are in the public log too.",
    "release-log-quorum": "Enough independent witnesses signed the list of releases, recently.",
    "revocations-fresh": "Each publisher’s list of what is withdrawn is there and fresh.",
    "gateway-hybrid-suite": "The gateway’s key withstands quantum computers too.",
    "issuer-key": "There is exactly one key for tokens today.",
    "release-logged": "The software is in the public list of releases.",
    "release-signatures": "Enough of its publishers signed it.",
    "release-named": "The rules name this software for this purpose.",
    "release-security-version": "Its security version is not too low.",
    "release-current": "It was entered recently enough.",
    "release-not-revoked": "No publisher withdrew it.",
    "evidence-note-quorum": "The report names a note that the witnesses signed.",
    "evidence-note-size": "That note is the one right before this hour’s entry.",
    "evidence-note-distance": "So the report cannot be an old one.",
    "engine-manifest": "The engine inside is the one of the release.",
    "accelerator": "It has exactly the accelerators that the release names.",
    "node-hybrid-suite": "The machine’s key withstands quantum computers too.",
    "chip-not-revoked": "No publisher withdrew the chip.",
  ]

  private static let hardware = [
    "reference-values": "There are published measurements to compare with.",
    "chain": "The maker’s certificates lead to a root that is trusted.",
    "validity": "All certificates are valid at this time.",
    "revocation": "The maker revoked none of them.",
    "revocation-freshness": "The maker’s list of revoked certificates is fresh.",
    "signature-algorithm": "The report is signed with the right algorithm.",
    "signing-key": "The signing key is the one that the certificate names.",
    "signature": "The chip’s signature over the report is right.",
    "signing-key-kind": "It is a key of the chip itself, not one that a host was lent.",
    "product": "Certificate and report name the same kind of chip.",
    "product-floor": "The kind of chip is recent enough.",
    "chip": "Certificate and report name the same chip.",
    "host-list": "The chip is one of those that the rules name.",
    "revoked-chips": "The chip is not on the list of withdrawn ones.",
    "report-data": "The report vouches for exactly the key that was used.",
    "report-version": "The report has a known form.",
    "reserved-fields": "Fields without a meaning are empty.",
    "tcb-certificate": "The firmware versions in report and certificate agree.",
    "tcb-minimum": "No part of the firmware is older than demanded.",
    "tcb-reported": "The firmware that the chip reports is recent enough.",
    "tcb-committed": "The firmware cannot be put back below a recent one.",
    "tcb-launch": "The firmware was recent enough when the machine started.",
    "tcb-current": "The firmware that runs now is recent enough.",
    "tcb-order": "The versions of the firmware fit together.",
    "tcb-status": "The maker calls the firmware up to date.",
  ]

  private static let rules = [
    "measurement": "What was loaded at the start is what the publishers signed.",
    "vmpl": "The report was asked for by the most privileged software inside.",
    "guest-svn": "The image’s own security number is not too low.",
    "host-data": "The host added nothing that counts.",
    "id-key": "The image was started under the expected identity.",
    "author-key": "Its author’s key is the expected one.",
    "migration-agent": "No agent may move the machine elsewhere.",
    "guest-policy-abi": "The interface to the firmware is recent enough.",
    "guest-policy-smt": "Sharing of processor cores is as the rules allow.",
    "guest-policy-reserved-one": "A bit that must always be set is set.",
    "guest-policy-migration-agent": "The machine cannot be moved while it runs.",
    "guest-policy-debug": "The host cannot debug the machine.",
    "guest-policy-single-socket": "The number of processors is as the rules allow.",
    "guest-policy-cxl": "Attached memory is as the rules allow.",
    "guest-policy-aes-256-xts": "Memory encryption is as strong as the rules demand.",
    "guest-policy-rapl-disabled": "Power measurements that could leak are as the rules demand.",
    "guest-policy-ciphertext-hiding": "Encrypted memory is hidden from the host as the rules demand.",
    "guest-policy-page-swap-disabled": "Moving of memory pages is as the rules demand.",
    "guest-policy-unknown-bits": "No unknown permission is set.",
    "platform-smt": "Threads of one core are as the rules allow on this platform.",
    "platform-tsme": "Encryption of all memory is as the rules allow.",
    "platform-ecc": "Memory corrects errors as the rules demand.",
    "platform-rapl-disabled": "The platform’s power measurements are as the rules demand.",
    "platform-ciphertext-hiding": "The platform hides encrypted memory as the rules demand.",
    "platform-alias-check": "The firmware checked that no memory answers at two addresses.",
    "platform-tio": "Trusted devices are as the rules allow.",
    "platform-unknown-bits": "The platform reports nothing unknown.",
    "nonce": "The device signed the fresh number that it was asked to sign.",
    "debug-mode": "The enclave was not started for debugging.",
    "pcrs": "The measured parts are those that the publishers signed.",
    "mrtd": "The image that was loaded is the published one.",
    "rtmrs": "What was started later is what the publishers signed.",
    "event-log": "The list of what was started agrees with the measurements.",
    "confidential-mode": "The accelerator runs in its confidential mode.",
  ]
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
