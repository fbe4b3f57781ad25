using Engine.Core.Units;
using Engine.Kernels.Errors;

namespace Engine.Core.Input;

/// <summary>
/// One part of a run: a minimisation, or dynamics whose length is given as steps, as a duration or by the rate of a ramp. Of a run that was
/// resolved (<see cref="RunInput.Resolve"/>) <see cref="Steps"/>, <see cref="TimeStep"/>, <see cref="Integrator"/> and
/// <see cref="RemoveDrift"/> are never null in stages of dynamics.
/// </summary>
public sealed record StageInput
{
    public string Name { get; init; } = "";

    /// <summary>A minimisation has no further keys.</summary>
    public MinimiseInput? Minimise { get; init; }

    public long? Steps { get; init; }

    [Quantity(QuantityKind.Time)]
    public double? Duration { get; init; }

    [Quantity(QuantityKind.Time)]
    public double? TimeStep { get; init; }

    public IntegratorInput? Integrator { get; init; }

    /// <summary>What thermostat, langevin and brownian aim at.</summary>
    [Quantity(QuantityKind.Temperature)]
    public Schedule? Temperature { get; init; }

    public ThermostatInput? Thermostat { get; init; }

    /// <summary>What the barostat aims at.</summary>
    [Quantity(QuantityKind.Pressure)]
    public Schedule? Pressure { get; init; }

    public BarostatInput? Barostat { get; init; }

    /// <summary>Whether the centre of mass is kept at rest. Null: yes with velocityVerlet, no otherwise.</summary>
    public bool? RemoveDrift { get; init; }

    public VerifyMeltInput? VerifyMelt { get; init; }

    /// <summary>Temperature asked for at a time since the start of a resolved stage.</summary>
    public double TemperatureAt(double time) => At(Temperature, time, "temperature");

    /// <summary>Pressure asked for at a time since the start of a resolved stage.</summary>
    public double PressureAt(double time) => At(Pressure, time, "pressure");

    /// <summary>How messages call it: stages[2] (quench).</summary>
    internal string Label(int index) => Name.Length == 0 ? $"stages[{index}]" : $"stages[{index}] ({Name})";

    internal StageInput Resolve(RunInput run, int index)
    {
        if (Minimise is not null)
        {
            return this with
            {
                Minimise = Minimise with { PressureTolerance = Minimise.PressureTolerance ?? DefaultPressureTolerance(run.UnitSystem) },
            };
        }
        var label = Label(index);
        var timeStep = TimeStep ?? run.TimeStep ?? throw new InputException($"{label} has no time step; give timeStep there or for the whole run");
        var integrator = Integrator ?? run.Integrator;
        return this with
        {
            Steps = Steps ?? StepsOf(DurationOf(label), timeStep, label),
            Duration = null,
            TimeStep = timeStep,
            Integrator = integrator,
            Temperature = WithoutRate(Temperature),
            Pressure = WithoutRate(Pressure),
            RemoveDrift = RemoveDrift ?? integrator is VelocityVerletInput,
        };
    }

    private double DurationOf(string label)
    {
        if (Duration is { } duration)
        {
            return duration;
        }
        foreach (var schedule in (Schedule?[])[Temperature, Pressure])
        {
            if (schedule is RampSchedule { Rate: { } rate } ramp)
            {
                return Math.Abs(ramp.To - ramp.From) / rate;
            }
        }
        throw new InputException($"{label} has no length; give steps, duration or a ramp with a rate");
    }

    private static long StepsOf(double duration, double timeStep, string label)
    {
        var steps = Math.Round(duration / timeStep);
        return steps is >= 1 and < long.MaxValue / 2
            ? (long)steps
            : throw new InputException($"{label} comes to {steps:R} steps (duration {duration:R}, time step {timeStep:R}); expected at least one");
    }

    private static Schedule? WithoutRate(Schedule? schedule) => schedule is RampSchedule ramp ? ramp with { Rate = null } : schedule;

    private static double DefaultPressureTolerance(UnitSystem units) =>
        units.IsReduced ? 0.01 : Quantity.Parse("1000 bar", QuantityKind.Pressure, units);

    private double At(Schedule? schedule, double time, string what) => schedule is null
        ? throw new InvalidOperationException($"the stage has no {what}")
        : schedule.At(time, (Steps ?? 0) * (TimeStep ?? 0));
}
