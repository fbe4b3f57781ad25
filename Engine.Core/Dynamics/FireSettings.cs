namespace Engine.Core.Dynamics;

/// <summary>How far and how boldly <see cref="FireMinimiser"/> goes, in the units of the system; pressures in its energy per volume.</summary>
public sealed record FireSettings
{
    /// <summary>Stops when no particle feels a larger force [energy/length].</summary>
    public required double MaximumForce { get; init; }

    /// <summary>A time step that molecular dynamics of the system would bear [time]; FIRE goes up to ten times that.</summary>
    public required double TimeStep { get; init; }

    /// <summary>Stops after so many steps at the latest.</summary>
    public int MaximumSteps { get; init; } = 10000;

    /// <summary>No particle moves further in one step [length]. The default suits Å.</summary>
    public double MaximumDisplacement { get; init; } = 0.1;

    /// <summary>Which changes of the cell are relaxed with the positions; null keeps the cell.</summary>
    public PressureCoupling? RelaxBox { get; init; }

    /// <summary>Target pressure of the box relaxation [energy/length³].</summary>
    public double Pressure { get; init; }

    /// <summary>Box relaxation stops when no relaxed component of P − P₀ is larger [energy/length³].</summary>
    public double PressureTolerance { get; init; } = double.PositiveInfinity;

    /// <summary>Smallest perpendicular width of the cell that the force field can treat [length].</summary>
    public double MinimumWidth { get; init; }
}
