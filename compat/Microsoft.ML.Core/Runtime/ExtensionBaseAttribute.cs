using System;

namespace Microsoft.ML;

/// <summary>Base of the attributes by which the component catalog finds classes that users write, under the name of a contract.</summary>
public abstract class ExtensionBaseAttribute : Attribute
{
    public string ContractName { get; }

    private protected ExtensionBaseAttribute(string contractName) => ContractName = contractName;
}
