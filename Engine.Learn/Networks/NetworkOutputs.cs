using Engine.Kernels.Errors;
using Engine.Learn.Torch;

namespace Engine.Learn.Networks;

/// <summary>What a forward pass gives, by name.</summary>
public sealed class NetworkOutputs
{
    private readonly Dictionary<string, Tensor> outputs;

    internal NetworkOutputs(Tensor main, IEnumerable<KeyValuePair<string, Tensor>> others)
    {
        Main = main;
        outputs = new(others) { [Network.MainOutput] = main };
    }

    /// <summary>What the last layer gives.</summary>
    public Tensor Main { get; }

    public IReadOnlyCollection<string> Names => outputs.Keys;

    /// <exception cref="InputException">There is no such output.</exception>
    public Tensor this[string name] => outputs.TryGetValue(name, out var found)
        ? found
        : throw new InputException($"the network has no output \"{name}\", expected one of {string.Join(", ", Names)}");
}
