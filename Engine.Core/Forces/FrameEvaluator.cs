using Engine.Core.Particles;
using Engine.Core.Potentials;
using Engine.Core.Units;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Core.Forces;

/// <summary>A potential for frame after frame: what it takes to make one ready is done once for each set of species.</summary>
public sealed class FrameEvaluator(PotentialFile potential, UnitSystem units, Workers workers)
{
    private readonly Dictionary<string, PotentialModel> models = [];

    public string Name => potential.Name;

    /// <summary>Energy, forces and virial of a frame.</summary>
    /// <exception cref="InputException">The potential does not know a species.</exception>
    /// <exception cref="RunFailedException">Two particles are closer than the potential allows.</exception>
    public SinglePoint Evaluate(Configuration frame) => SinglePoint.Evaluate(frame, Prepare(frame), workers);

    /// <summary>The potential for the species of a frame.</summary>
    /// <exception cref="InputException">The potential does not know one.</exception>
    public PotentialModel Prepare(Configuration frame)
    {
        var key = string.Join(' ', frame.SpeciesTable.Select(s => s.Name));
        if (!models.TryGetValue(key, out var model))
        {
            models[key] = model = Build(frame);
        }
        return model;
    }

    private PotentialModel Build(Configuration frame)
    {
        try
        {
            return PotentialModel.Build(potential, frame.SpeciesTable, units);
        }
        catch (InputException error) when (frame.Place is { } place)
        {
            throw new InputException($"{place}: {error.Message}", error);
        }
    }
}
