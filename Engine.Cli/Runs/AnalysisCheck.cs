using Engine.Core.Input;
using Engine.Core.Particles;
using Engine.Kernels.Errors;
using Engine.Kernels.Threading;

namespace Engine.Cli.Runs;

/// <summary>Whether what shall be measured can be measured, found out before the first step.</summary>
internal static class AnalysisCheck
{
    /// <summary>Room for a cell that changes in the run.</summary>
    private const double Expansion = 1.5;

    /// <param name="input">The run.</param>
    /// <param name="start">Its first frame.</param>
    /// <param name="notice">Told of a measurement that does not fit the box of the start but may fit that of a later stage.</param>
    /// <exception cref="InputException">A setting is wrong, or fits no box that the run can reach.</exception>
    public static void Require(RunInput input, Configuration start, Action<string> notice)
    {
        if (input.Analysis is not { } analysis)
        {
            return;
        }
        var frame = OneOfEachSpecies(start);
        try
        {
            Show(frame);
        }
        catch (InputException error) when (input.Stages.Any(stage => stage.Barostat is not null || stage.Minimise is { RelaxBox: true }))
        {
            var box = frame.Box;
            frame.Box = box with
            {
                LengthX = Expansion * box.LengthX,
                LengthY = Expansion * box.LengthY,
                LengthZ = Expansion * box.LengthZ,
                TiltXY = Expansion * box.TiltXY,
                TiltXZ = Expansion * box.TiltXZ,
                TiltYZ = Expansion * box.TiltYZ,
            };
            Show(frame);
            notice($"in the box of the start, {error.Message}; unless the box has grown by then, it is not measured");
        }

        void Show(Configuration shown) => Measurements.Create(analysis, input.UnitSystem).Add(shown, Workers.Single);
    }

    /// <summary>Box and species are what the settings can contradict; one particle of each costs nothing to measure.</summary>
    private static Configuration OneOfEachSpecies(Configuration start)
    {
        int[] first = [.. start.Species.Select((species, i) => (species, i)).DistinctBy(p => p.species).Select(p => p.i)];
        return new()
        {
            Box = start.Box,
            SpeciesTable = start.SpeciesTable,
            Species = [.. first.Select(i => start.Species[i])],
            Positions = [.. first.SelectMany(i => start.Positions[(3 * i)..(3 * i + 3)])],
            Velocities = new double[3 * first.Length],
        };
    }
}
