// What the SDK verifies with is part of its interface: policies, verified epochs and nodes.
@_exported public import NodeVerification
