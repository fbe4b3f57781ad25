using Engine.Kernels.Random;

namespace Engine.Learn.Reinforcement;

/// <summary>
/// A pole on a cart that is pushed left (0) or right (1) with 10 N, in SI units: A. G. Barto, R. S. Sutton and C. W. Anderson, IEEE Trans. Syst. Man Cybern. 13, 834 (1983), without friction,
/// in explicit Euler steps of 0.02 s. Observed are place, velocity, angle and angular velocity; each step is worth 1 until the pole leans by 12° or the cart is 2.4 m away; 500 steps are
/// the most.
/// </summary>
public sealed class CartPole : IEnvironment
{
    private const double Gravity = 9.8;
    private const double CartMass = 1;
    private const double PoleMass = 0.1;
    private const double HalfLength = 0.5;
    private const double Force = 10;
    private const double TimeStep = 0.02;
    private const double LargestPlace = 2.4;
    private const double LargestAngle = 12 * Math.PI / 180;
    private const int MostSteps = 500;
    private const double StartRange = 0.05;

    private double place;
    private double velocity;
    private double angle;
    private double angularVelocity;
    private int steps;

    public int Observations => 4;

    public int Actions => 2;

    /// <inheritdoc/>
    public double[] State
    {
        get => [place, velocity, angle, angularVelocity, steps];
        set => (place, velocity, angle, angularVelocity, steps) = (value[0], value[1], value[2], value[3], (int)value[4]);
    }

    /// <inheritdoc/>
    public void Reset(ref RandomSequence random)
    {
        (place, velocity, angle, angularVelocity, steps) = (Start(ref random), Start(ref random), Start(ref random), Start(ref random), 0);
    }

    /// <inheritdoc/>
    public void Observe(Span<double> observation)
    {
        (observation[0], observation[1], observation[2], observation[3]) = (place, velocity, angle, angularVelocity);
    }

    /// <inheritdoc/>
    public Transition Step(int action)
    {
        var (sin, cos) = Math.SinCos(angle);
        var mass = CartMass + PoleMass;
        var push = ((action == 1 ? Force : -Force) + PoleMass * HalfLength * angularVelocity * angularVelocity * sin) / mass;
        var angularAcceleration = (Gravity * sin - cos * push) / (HalfLength * (4.0 / 3 - PoleMass * cos * cos / mass));
        var acceleration = push - PoleMass * HalfLength * angularAcceleration * cos / mass;
        place += TimeStep * velocity;
        velocity += TimeStep * acceleration;
        angle += TimeStep * angularVelocity;
        angularVelocity += TimeStep * angularAcceleration;
        steps++;
        var terminal = Math.Abs(place) > LargestPlace || Math.Abs(angle) > LargestAngle;
        return new(1, terminal, !terminal && steps == MostSteps);
    }

    private static double Start(ref RandomSequence random) => StartRange * (2 * random.NextUniform() - 1);
}
