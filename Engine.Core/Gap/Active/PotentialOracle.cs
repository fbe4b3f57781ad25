using Engine.Core.Forces;
using Engine.Core.Particles;

namespace Engine.Core.Gap.Active;

/// <summary>A potential of this engine as the one who knows.</summary>
public sealed class PotentialOracle(FrameEvaluator evaluator) : IOracle
{
    public string Name => $"potential {evaluator.Name}";

    public void Label(Configuration frame, CancellationToken cancellation = default)
    {
        var found = evaluator.Evaluate(frame);
        (frame.Energy, frame.Forces, frame.Virial) = (found.Energy, found.Forces, found.Virial);
    }
}
