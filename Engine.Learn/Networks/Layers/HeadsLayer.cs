namespace Engine.Learn.Networks.Layers;

/// <summary>"heads": several outputs from the same numbers, as "policy" and "value" of an actor and its critic. The last layer; the first head is also the output of the network.</summary>
public sealed record HeadsLayer : Layer
{
    public required IReadOnlyList<NetworkHead> Heads { get; init; }

    internal override Stage Build(NetworkBuilder builder, Shape shape)
    {
        if (Heads.Count == 0 || Heads.Select(h => h.Name).Distinct().Count() != Heads.Count || Heads.Any(h => h.Name is "" or Network.MainOutput))
        {
            throw builder.Error($"its heads are {string.Join(", ", Heads.Select(h => $"\"{h.Name}\""))}; expected at least one, each with a name of its own, none \"{Network.MainOutput}\"");
        }
        var stages = Heads.Select(head => builder.Sequence(head.Layers, shape, head.Name)).ToArray();
        return new(stages[0].Shape, (context, x) =>
        {
            var outputs = stages.Select(stage => stage.Forward(context, x)).ToArray();
            for (var k = 0; k < outputs.Length; k++)
            {
                context.Report(Heads[k].Name, outputs[k]);
            }
            return outputs[0];
        });
    }
}
